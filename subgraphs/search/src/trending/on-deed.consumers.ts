import { createConsumer, type EventBus, type Worker } from '@tintype/events';
import type { Log } from '@tintype/telemetry';
import type { RecordService } from './record.service.ts';

const BATCH = 200;
/** Some hours: a post comes too early for as long as the facts are behind, as after an import, and is not given up for that. */
const MAX_DELIVER = 100;

/** Count what is published and what people do about it, apart from the index: that goes on while Redis is away. */
export function createTrendConsumers(deps: { bus: EventBus; recording: RecordService; log: Log }): Worker[] {
  const { bus, recording, log } = deps;
  const common = { bus, batchSize: BATCH, maxDeliver: MAX_DELIVER, log, handleBatch: recording.take };
  return [
    createConsumer({
      ...common,
      stream: 'post',
      durable: 'search__trending-posts',
      filter: 'tintype.post.post.published.v1',
    }),
    createConsumer({
      ...common,
      stream: 'engagement',
      durable: 'search__trending-engagement',
      filter: 'tintype.engagement.>',
    }),
  ];
}
