import { createConsumer, type EventBus, type EventEnvelope, readEvent, type Worker } from '@tintype/events';
import { USER_EVENTS } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import type { Visibility } from './person.model.ts';
import type { VisibilityService } from './visibility.service.ts';

/** Null for other types of events. @throws UnprocessableEventError */
export function toVisibility(event: EventEnvelope): Visibility | null {
  const read = readEvent(USER_EVENTS, event);
  switch (read?.type) {
    case 'tintype.user.account.registered.v1':
    case 'tintype.user.account.updated.v1':
    case 'tintype.user.account.reactivated.v1':
      return { ...versionsOf(read), isPrivate: read.data.isPrivate, isDeactivated: false, isDeleted: false };
    case 'tintype.user.account.deactivated.v1':
      return { ...versionsOf(read), isPrivate: null, isDeactivated: true, isDeleted: false };
    case 'tintype.user.account.deleted.v1':
      return { ...versionsOf(read), isPrivate: null, isDeactivated: false, isDeleted: true };
    default:
      return null;
  }
}

function versionsOf(event: EventEnvelope<string, { userId: bigint; visibilityVersion?: bigint | undefined }>) {
  const { userId, visibilityVersion = 0n } = event.data;
  return { id: userId, visibilityVersion, sequence: BigInt(event.sequence) };
}

/**
 * Copies the visibility of accounts. Changes that hide an account were written before; changes that show one arrive
 * only this way. A commit for each account would take minutes for an import.
 */
export function createAccountConsumer(deps: { bus: EventBus; visibility: VisibilityService; log: Log }): Worker {
  const { bus, visibility, log } = deps;
  return createConsumer({
    bus,
    stream: 'user',
    durable: 'social-graph__person',
    filter: 'tintype.user.account.>',
    log,
    async handleBatch(events) {
      const changes = events.map(toVisibility).filter((change) => change !== null);
      if (changes.length > 0) await visibility.apply(changes);
    },
  });
}
