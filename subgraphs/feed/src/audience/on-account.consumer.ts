import { createConsumer, type EventBus, type EventEnvelope, readEvent, type Worker } from '@tintype/events';
import { USER_EVENTS } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import type { HiddenChange } from './audience.repository.ts';
import type { AudienceService } from './audience.service.ts';

/** Higher than every sequence, because nothing can follow a deletion. */
const FINAL_VERSION = 2n ** 63n - 1n;
/** Long enough to visit all followers of a celebrity. */
const TIMEOUT_MS = 30 * 60_000;

/** The change that an event makes. Null if the event does not hide or show an account. */
export function toHidden(event: EventEnvelope): HiddenChange | null {
  const read = readEvent(USER_EVENTS, event);
  switch (read?.type) {
    case 'tintype.user.account.deactivated.v1':
      return { authorId: read.data.userId, hidden: true, version: BigInt(event.sequence) };
    case 'tintype.user.account.reactivated.v1':
      return { authorId: read.data.userId, hidden: false, version: BigInt(event.sequence) };
    case 'tintype.user.account.deleted.v1':
      return { authorId: read.data.userId, hidden: true, version: FINAL_VERSION };
    default:
      return null;
  }
}

/** Removes the posts of hidden accounts from timelines, and adds them again when the account returns. */
export function createAccountConsumer(deps: { bus: EventBus; audience: AudienceService; log: Log }): Worker {
  const { bus, audience, log } = deps;
  return createConsumer({
    bus,
    stream: 'user',
    durable: 'feed__accounts',
    filter: 'tintype.user.account.>',
    concurrency: 4,
    handlerTimeoutMs: TIMEOUT_MS,
    log,
    async handle(event, { signal }) {
      const change = toHidden(event);
      if (change) await audience.hide(change, signal);
    },
  });
}
