import { createConsumer, type EventBus, type EventEnvelope, readEvent, type Worker } from '@tintype/events';
import { USER_EVENTS } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import { type AccountChange, FINAL_VERSION } from './fact.model.ts';
import type { FactsService } from './facts.service.ts';

/** Follows accounts: names, renames, privacy, and who is hidden or gone. */
export function createAccountConsumer(deps: { bus: EventBus; facts: FactsService; log: Log }): Worker {
  const { bus, facts, log } = deps;
  return createConsumer({
    bus,
    stream: 'user',
    durable: 'search__account',
    filter: 'tintype.user.account.>',
    batchSize: 500,
    log,
    handleBatch: (events) => facts.accounts(events.flatMap(changesOf)),
  });
}

/** Nothing but the id is kept of an account that is hidden or gone: an event of its return has the whole of it. */
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
