import { createConsumer, type EventBus, type EventEnvelope, idOf, type Worker } from '@tintype/events';
import type { UserEvents } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import type { HiddenChange } from './audience.repository.ts';
import type { AudienceService } from './audience.service.ts';

type Type = keyof UserEvents;

const HIDES: Partial<Record<Type, boolean>> = {
  'tintype.user.account.deactivated.v1': true,
  'tintype.user.account.reactivated.v1': false,
  'tintype.user.account.deleted.v1': true,
};
/** Above every sequence: nothing comes after a deletion. */
const FINAL_VERSION = 2n ** 63n - 1n;
/** All followers of a celebrity are walked. */
const TIMEOUT_MS = 30 * 60_000;

/** Null for events of something else. */
export function toHidden({ type, data, sequence }: EventEnvelope): HiddenChange | null {
  const hidden = HIDES[type as Type];
  if (hidden === undefined) return null;
  const isFinal = type === ('tintype.user.account.deleted.v1' satisfies Type);
  return { authorId: idOf(data, 'userId'), hidden, version: isFinal ? FINAL_VERSION : BigInt(sequence) };
}

/** Keeps posts of who is hidden out of timelines, and brings them back. */
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
