import {
  booleanOf,
  createConsumer,
  type EventBus,
  type EventEnvelope,
  idOf,
  textOf,
  type Worker,
} from '@tintype/events';
import type { UserEvents } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import { type AccountChange, FINAL_VERSION } from './fact.model.ts';
import type { FactsService } from './facts.service.ts';

/** Events that tell the whole of an account that is to be found. */
const PROFILES: ReadonlySet<string> = new Set<keyof UserEvents>([
  'tintype.user.account.registered.v1',
  'tintype.user.account.updated.v1',
  'tintype.user.account.reactivated.v1',
]);
const DEACTIVATED = 'tintype.user.account.deactivated.v1' satisfies keyof UserEvents;
const DELETED = 'tintype.user.account.deleted.v1' satisfies keyof UserEvents;

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

function changesOf({ type, data, sequence }: EventEnvelope): AccountChange[] {
  const [userId, version] = [idOf(data, 'userId'), BigInt(sequence)];
  if (type === DEACTIVATED || type === DELETED) {
    // Who comes back is told as a whole. Nothing but the id is kept of who does not.
    const nothing = { username: '', displayName: '', isPrivate: true, deleted: true };
    return [{ userId, ...nothing, version: type === DELETED ? FINAL_VERSION : version }];
  }
  if (!PROFILES.has(type)) return [];
  const isPrivate = booleanOf(data, 'isPrivate');
  const names = { username: textOf(data, 'username'), displayName: textOf(data, 'displayName') };
  return [{ userId, ...names, isPrivate, deleted: false, version }];
}
