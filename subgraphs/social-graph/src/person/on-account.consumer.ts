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
import { applyAccount, applyClosure } from './person.repository.ts';

type Account = UserEvents['tintype.user.account.registered.v1'];

/** Events after which somebody is visible to nobody. */
const CLOSURES: ReadonlySet<string> = new Set<keyof UserEvents>([
  'tintype.user.account.deactivated.v1',
  'tintype.user.account.deleted.v1',
]);

/** Follows who is there and who is private. Who becomes public has every waiting request accepted. */
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
      const isClosure = CLOSURES.has(event.type);
      if (!userId || (!isClosure && typeof isPrivate !== 'boolean'))
        throw new UnprocessableEventError('the event tells no account');
      const [id, version] = [BigInt(userId), BigInt(event.sequence)];
      if (isClosure) {
        const isDeletion = event.type === 'tintype.user.account.deleted.v1';
        return applyClosure(pool, { id, isDeletion, version });
      }
      const isRegistration = event.type === 'tintype.user.account.registered.v1';
      if (await applyAccount(pool, { id, isPrivate, isRegistration, version })) await requests.acceptAll(id);
    },
  });
}
