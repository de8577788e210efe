import {
  createConsumer,
  type EventBus,
  type EventEnvelope,
  idOf,
  textOf,
  UnprocessableEventError,
  type Worker,
} from '@tintype/events';
import { timestampOf } from '@tintype/ids';
import type { Executor } from '@tintype/postgres';
import type { Log } from '@tintype/telemetry';
import { KINDS } from '#preference/preference.service.ts';
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
  const name = textOf(data, 'kind');
  const kind = KINDS.find((one) => one === name);
  if (!kind) throw new UnprocessableEventError(`"${name}" is no kind of notification`);
  return {
    recipientId: idOf(data, 'recipientId'),
    notificationId: idOf(data, 'notificationId'),
    changeId: idOf(data, 'changeId'),
    kind,
  };
}
