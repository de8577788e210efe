import { createConsumer, type EventBus, readEvent, type Worker } from '@tintype/events';
import { timestampOf } from '@tintype/ids';
import type { Executor } from '@tintype/postgres';
import { NOTIFICATION_EVENTS } from '@tintype/schema/events/notification';
import type { Log } from '@tintype/telemetry';
import { type DeliveryDelays, scheduleDeliveries } from './delivery.repository.ts';
import { isTooOld } from './retry.rules.ts';

const BATCH_SIZE = 200;

/** Schedules messages about notifications that changed. */
export function createDeliveryConsumer(deps: {
  bus: EventBus;
  pool: Executor;
  delays: DeliveryDelays;
  onScheduled(): void;
  log: Log;
}): Worker {
  const { bus, pool, delays, onScheduled, log } = deps;
  return createConsumer({
    bus,
    stream: 'notification',
    durable: 'notification__delivery',
    filter: 'tintype.notification.>',
    batchSize: BATCH_SIZE,
    log,
    async handleBatch(events) {
      const now = Date.now();
      const fresh = events
        .flatMap((event) => readEvent(NOTIFICATION_EVENTS, event)?.data ?? [])
        .filter(({ changeId }) => !isTooOld(timestampOf(changeId), now));
      if (fresh.length === 0) return;
      await scheduleDeliveries(pool, fresh, delays);
      onScheduled();
    },
  });
}
