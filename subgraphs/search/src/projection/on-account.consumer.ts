import { createConsumer, type EventBus, type EventEnvelope, readEvent, type Worker } from '@tintype/events';
import { USER_EVENTS } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import { type AccountChange, FINAL_VERSION } from './projection.model.ts';
import type { ProjectionService } from './projection.service.ts';

/** Projects the names, privacy, deactivation and deletion of accounts. */
export function createAccountConsumer(deps: { bus: EventBus; projection: ProjectionService; log: Log }): Worker {
  const { bus, projection, log } = deps;
  return createConsumer({
    bus,
    stream: 'user',
    durable: 'search__account',
    filter: 'tintype.user.account.>',
    batchSize: 500,
    log,
    handleBatch: (events) => projection.accounts(events.flatMap(changesOf)),
  });
}

/** Only the id of a deactivated or deleted account is kept. The event of a reactivation has the whole profile. */
const NOTHING = { username: '', displayName: '', isPrivate: true, deleted: true };

function changesOf(event: EventEnvelope): AccountChange[] {
  const read = readEvent(USER_EVENTS, event);
  const version = BigInt(event.sequence);
  switch (read?.type) {
    case 'tintype.user.account.registered.v1':
    case 'tintype.user.account.updated.v1':
    case 'tintype.user.account.reactivated.v1': {
      const { userId, username, displayName, isPrivate } = read.data;
      return [{ userId, username, displayName, isPrivate, deleted: false, version }];
    }
    case 'tintype.user.account.deactivated.v1':
      return [{ userId: read.data.userId, ...NOTHING, version }];
    case 'tintype.user.account.deleted.v1':
      return [{ userId: read.data.userId, ...NOTHING, version: FINAL_VERSION }];
    default:
      return [];
  }
}
