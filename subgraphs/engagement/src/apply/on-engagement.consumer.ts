import { createConsumer, type EventBus, readEvents, type Worker } from '@tintype/events';
import { ENGAGEMENT_EVENTS } from '@tintype/schema/events/engagement';
import { histogram, type Log } from '@tintype/telemetry';
import type { RemoveLate } from '#erasure/late.service.ts';
import { partsOf, readBatch } from './apply.rules.ts';
import type { ApplyService } from './apply.service.ts';

/** What comes while a batch is applied goes together in the next. */
const BATCH = 100;

const seconds = histogram('engagement_apply_seconds', 'Time from the first event of a batch to its rows', []);

/** Makes tables and counts from the log. What it has of people who are erased is removed again. */
export function createApplyWorker(deps: {
  bus: EventBus;
  applying: ApplyService;
  removeLate: RemoveLate;
  log: Log;
}): Worker {
  const { bus, applying, removeLate, log } = deps;
  return createConsumer({
    bus,
    stream: 'engagement',
    durable: 'engagement__apply',
    filter: 'tintype.engagement.>',
    batchSize: BATCH,
    log,
    async handleBatch(batch, context) {
      const events = readEvents(ENGAGEMENT_EVENTS, batch);
      for (const part of partsOf(events)) await applying.apply(readBatch(part));
      await removeLate(events, context);
      seconds.observe((Date.now() - Date.parse(batch[0]!.time)) / 1000);
    },
  });
}
