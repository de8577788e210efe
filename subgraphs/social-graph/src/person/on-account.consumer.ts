import {
  createConsumer,
  type EventBus,
  type EventEnvelope,
  idOf,
  UnprocessableEventError,
  type Worker,
} from '@tintype/events';
import type { UserEvents } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import type { Visibility } from './person.model.ts';
import type { VisibilityService } from './visibility.service.ts';

type Type = keyof UserEvents;
type Told = Partial<UserEvents['tintype.user.account.updated.v1']>;

/** @throws UnprocessableEventError */
export function toVisibility({ type, data, sequence }: EventEnvelope): Visibility {
  const { isPrivate, visibilityVersion } = data as Told;
  const isDeactivated = type === ('tintype.user.account.deactivated.v1' satisfies Type);
  const isDeleted = type === ('tintype.user.account.deleted.v1' satisfies Type);
  if (!isDeactivated && !isDeleted && typeof isPrivate !== 'boolean')
    throw new UnprocessableEventError('the event does not tell whether the account is private');
  return {
    id: idOf(data, 'userId'),
    isPrivate: isPrivate ?? null,
    isDeactivated,
    isDeleted,
    visibilityVersion: visibilityVersion === undefined ? 0n : idOf(data, 'visibilityVersion'),
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
