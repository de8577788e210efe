import { booleanOf, createConsumer, type EventBus, type EventEnvelope, idOf, type Worker } from '@tintype/events';
import type { UserEvents } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import type { Visibility } from './person.model.ts';
import type { VisibilityService } from './visibility.service.ts';

type Type = keyof UserEvents;

/** @throws UnprocessableEventError */
export function toVisibility({ type, data, sequence }: EventEnvelope): Visibility {
  const isDeactivated = type === ('tintype.user.account.deactivated.v1' satisfies Type);
  const isDeleted = type === ('tintype.user.account.deleted.v1' satisfies Type);
  return {
    id: idOf(data, 'userId'),
    // Those that hide an account do not tell.
    isPrivate: isDeactivated || isDeleted ? null : booleanOf(data, 'isPrivate'),
    isDeactivated,
    isDeleted,
    visibilityVersion: Reflect.has(data as object, 'visibilityVersion') ? idOf(data, 'visibilityVersion') : 0n,
    sequence: BigInt(sequence),
  };
}

/** Brings who may see an account into the graph's copy: what hides was written there before, what shows comes this way alone. */
export function createAccountConsumer(deps: { bus: EventBus; visibility: VisibilityService; log: Log }): Worker {
  const { bus, visibility, log } = deps;
  return createConsumer({
    bus,
    stream: 'user',
    durable: 'social-graph__person',
    filter: 'tintype.user.account.>',
    log,
    handle: (event) => visibility.apply(toVisibility(event)),
  });
}
