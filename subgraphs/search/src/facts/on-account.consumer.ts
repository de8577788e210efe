import {
  createConsumer,
  type EventBus,
  type EventEnvelope,
  idOf,
  textOf,
  UnprocessableEventError,
  type Worker,
} from '@tintype/events';
import type { UserEvents } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import type { AccountChange } from './fact.model.ts';
import type { FactsService } from './facts.service.ts';

const TYPES: ReadonlySet<string> = new Set<keyof UserEvents>([
  'tintype.user.account.registered.v1',
  'tintype.user.account.updated.v1',
]);

/** Follows accounts: names, renames and privacy. */
export function createAccountConsumer(deps: { bus: EventBus; facts: FactsService; log: Log }): Worker {
  const { bus, facts, log } = deps;
  return createConsumer({
    bus,
    stream: 'user',
    durable: 'search__account',
    filter: 'tintype.user.account.>',
    batchSize: 500,
    log,
    handleBatch: (events) => facts.accounts(events.filter(({ type }) => TYPES.has(type)).map(changeOf)),
  });
}

function changeOf({ data, sequence }: EventEnvelope): AccountChange {
  const { isPrivate } = data as Partial<UserEvents['tintype.user.account.updated.v1']>;
  if (typeof isPrivate !== 'boolean') throw new UnprocessableEventError('"isPrivate" is neither true nor false');
  return {
    userId: idOf(data, 'userId'),
    username: textOf(data, 'username'),
    displayName: textOf(data, 'displayName'),
    isPrivate,
    version: BigInt(sequence),
  };
}
