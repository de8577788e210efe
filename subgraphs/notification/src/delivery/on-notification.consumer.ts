import { createConsumer, type EventBus, readEvent, type Worker } from '@tintype/events';
import { timestampOf } from '@tintype/ids';
import type { Executor } from '@tintype/postgres';
import { NOTIFICATION_EVENTS } from '@tintype/schema/events/notification';
import type { Log } from '@tintype/telemetry';
import { noteChanges, type Waits } from './delivery.repository.ts';
import { isTooOld } from './retry.rules.ts';

const BATCH = 200;

/** Notes what is to be sent of what changed. */
export function createDeliveryConsumer(deps: {
  bus: EventBus;
  pool: Executor;
  waits: Waits;
  onNoted(): void;
  log: Log;
}): Worker {
  const { bus, pool, waits, onNoted, log } = deps;
  return createConsumer({
    bus,
    stream: 'notification',
    durable: 'notification__delivery',
    filter: 'tintype.notification.>',
    batchSize: BATCH,
    log,
    async handleBatch(events) {
      const now = Date.now();
      const fresh = events
        .flatMap((event) => readEvent(NOTIFICATION_EVENTS, event)?.data ?? [])
        .filter(({ changeId }) => !isTooOld(timestampOf(changeId), now));
      if (fresh.length === 0) return;
      await noteChanges(pool, fresh, waits);
      onNoted();
    },
  });
}
