import {
  createConsumer,
  type EventBus,
  type EventEnvelope,
  UnprocessableEventError,
  type Worker,
} from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import type { UserEvents } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import type { RequestService } from '#follow/request.service.ts';
import { applyAccount } from './person.repository.ts';

type Account = UserEvents['tintype.user.account.registered.v1'];

/** Follows the privacy flag of accounts. Who becomes public has every waiting request accepted. */
export function createAccountConsumer(deps: {
  bus: EventBus;
  pool: Executor;
  requests: RequestService;
  log: Log;
}): Worker {
  const { bus, pool, requests, log } = deps;
  return createConsumer({
    bus,
    stream: 'user',
    durable: 'social-graph__person',
    filter: 'tintype.user.account.>',
    log,
    async handle(event: EventEnvelope) {
      const { userId, isPrivate } = event.data as Account;
      if (!userId || typeof isPrivate !== 'boolean') throw new UnprocessableEventError('the event tells no account');
      const id = BigInt(userId);
      const isRegistration = event.type === 'tintype.user.account.registered.v1';
      const version = BigInt(event.sequence);
      if (await applyAccount(pool, { id, isPrivate, isRegistration, version })) await requests.acceptAll(id);
    },
  });
}
