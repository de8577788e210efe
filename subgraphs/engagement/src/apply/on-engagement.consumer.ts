import { createConsumer, type EventBus, type Worker } from '@tintype/events';
import { histogram, type Log } from '@tintype/telemetry';
import { readBatch } from './apply.rules.ts';
import type { ApplyService } from './apply.service.ts';

/** As many events as one statement takes in some 20 ms: what comes meanwhile goes together. */
const BATCH = 1000;

const seconds = histogram('engagement_apply_seconds', 'Time from the first event of a batch to its rows', []);

/** Makes tables and counts from the log. */
export function createApplyWorker(deps: { bus: EventBus; applying: ApplyService; log: Log }): Worker {
  const { bus, applying, log } = deps;
  return createConsumer({
    bus,
    stream: 'engagement',
    durable: 'engagement__apply',
    filter: 'tintype.engagement.>',
    batchSize: BATCH,
    log,
    async handleBatch(events) {
      await applying.apply(readBatch(events));
      seconds.observe((Date.now() - Date.parse(events[0]!.time)) / 1000);
    },
  });
}
