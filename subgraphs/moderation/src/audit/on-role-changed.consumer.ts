import { createConsumer, type EventBus, readEvent, type Worker } from '@tintype/events';
import type { IdGenerator } from '@tintype/ids';
import type { Executor } from '@tintype/postgres';
import { USER_EVENTS } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import { addAuditEntry } from './audit.repository.ts';

/** Records who got or lost a role. */
export function createRoleConsumer(deps: { bus: EventBus; pool: Executor; ids: IdGenerator; log: Log }): Worker {
  const { bus, pool, ids, log } = deps;
  return createConsumer({
    bus,
    stream: 'user',
    durable: 'moderation__audited-roles',
    filter: 'tintype.user.role.>',
    log,
    async handle(event) {
      const read = readEvent(USER_EVENTS, event);
      if (read?.type !== 'tintype.user.role.granted.v1' && read?.type !== 'tintype.user.role.revoked.v1') return;
      const { userId, by, role } = read.data;
      await addAuditEntry(pool, {
        id: ids.next(),
        kind: read.type === 'tintype.user.role.granted.v1' ? 'ROLE_GRANTED' : 'ROLE_REVOKED',
        actorId: by,
        subjectId: userId,
        detail: role,
        eventId: event.id,
      });
    },
  });
}
