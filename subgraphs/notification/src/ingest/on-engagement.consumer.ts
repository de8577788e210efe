import { createConsumer, type EventBus, type Worker } from '@tintype/events';
import { histogram, type Log } from '@tintype/telemetry';
import type { EngagementService } from './engagement.service.ts';

/** Under load, an event of likes has up to 1,024 changes. */
const BATCH_SIZE = 100;

const seconds = histogram(
  'notification_apply_seconds',
  'Time from the first event of a batch to its notifications',
  [],
);

/** Notifies people of likes, comments and shares. */
export function createEngagementConsumer(deps: { bus: EventBus; engagement: EngagementService; log: Log }): Worker {
  const { bus, engagement, log } = deps;
  return createConsumer({
    bus,
    stream: 'engagement',
    durable: 'notification__engagement',
    filter: 'tintype.engagement.>',
    batchSize: BATCH_SIZE,
    log,
    async handleBatch(events, { signal }) {
      await engagement.apply(events, signal);
      seconds.observe((Date.now() - Date.parse(events[0]!.time)) / 1000);
    },
  });
}
