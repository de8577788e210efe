import { createConsumer, type EventBus, type EventEnvelope, idOf, type Worker } from '@tintype/events';
import { timestampOf } from '@tintype/ids';
import type { Executor } from '@tintype/postgres';
import type { NotificationKind } from '@tintype/schema/events/notification';
import type { Log } from '@tintype/telemetry';
import { type Change, noteChanges, type Waits } from './delivery.repository.ts';
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
      const fresh = events.map(changeOf).filter(({ changeId }) => !isTooOld(timestampOf(changeId), now));
      if (fresh.length === 0) return;
      await noteChanges(pool, fresh, waits);
      onNoted();
    },
  });
}

/** @throws UnprocessableEventError */
function changeOf({ data }: EventEnvelope): Change {
  return {
    recipientId: idOf(data, 'recipientId'),
    notificationId: idOf(data, 'notificationId'),
    changeId: idOf(data, 'changeId'),
    kind: Reflect.get(data as object, 'kind') as NotificationKind,
  };
}
