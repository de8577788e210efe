import { createConsumer, type EventBus, readEvents, type Worker } from '@tintype/events';
import { ENGAGEMENT_EVENTS } from '@tintype/schema/events/engagement';
import { histogram, type Log } from '@tintype/telemetry';
import type { RemoveStaleWrites } from '#deletion/stale-writes.service.ts';
import { readBatch, splitBatch } from './apply.rules.ts';
import type { ApplyService } from './apply.service.ts';

/** Events that arrive while a batch is applied form the next batch. */
const BATCH = 100;

const seconds = histogram(
  'engagement_apply_seconds',
  'Time from the first event of a batch until its rows are written',
  [],
);

/** Builds tables and counts from the log. Removes writes of people who have been erased in the meantime. */
export function createApplyWorker(deps: {
  bus: EventBus;
  applying: ApplyService;
  removeStaleWrites: RemoveStaleWrites;
  log: Log;
}): Worker {
  const { bus, applying, removeStaleWrites, log } = deps;
  return createConsumer({
    bus,
    stream: 'engagement',
    durable: 'engagement__apply',
    filter: 'tintype.engagement.>',
    batchSize: BATCH,
    log,
    async handleBatch(batch, context) {
      const events = readEvents(ENGAGEMENT_EVENTS, batch);
      for (const part of splitBatch(events)) await applying.apply(readBatch(part));
      await removeStaleWrites(events, context);
      seconds.observe((Date.now() - Date.parse(batch[0]!.time)) / 1000);
    },
  });
}
