import type { SubgraphClient } from '@tintype/graphql';
import { parseId, timestampOf } from '@tintype/ids';
import { NewestNotificationChangeDocument, NotificationsSinceDocument } from '@tintype/schema/internal/notification';
import type { Identity } from '@tintype/viewer';
import type { EventSource, Topic } from './event.source.ts';

/** How far the clock of a process that makes IDs may be ahead of ours. */
const CLOCK_TOLERANCE_MS = 300_000;

/** `notificationAdded`: the subject is the viewer, and versions are change IDs. */
export function createNotificationSource(client: Pick<SubgraphClient, 'request'>): EventSource {
  return {
    field: 'notificationAdded',
    queryField: 'notification',
    versionField: 'changeId',
    owner: 'notification',
    // It was removed since the check.
    missingObject: 'skip',
    subjectOf: ({ userId }) => String(userId),
    eventIdOf: (_subject, changeId) => changeId,
    versionOf: (_subject, eventId) => (eventId === '0' || isPast(parseId(eventId)) ? eventId : null),
    compare: (one, other) => Number(BigInt(one) - BigInt(other)),
    async start(topic, requestId) {
      const identity = identityOf(topic, requestId);
      return (await client.request(NewestNotificationChangeDocument, {}, identity)).newestNotificationChange;
    },
    async changesAfter(topic, requestId, changeId, first) {
      const identity = identityOf(topic, requestId);
      const { notificationsSince } = await client.request(NotificationsSinceDocument, { changeId, first }, identity);
      return { changes: notificationsSince.map((one) => ({ id: one.id, version: one.changeId })) };
    },
  };
}

function identityOf({ viewer }: Topic, requestId: string): Identity {
  return { kind: 'person', viewer, requestId, operation: 'query' };
}

/** After an ID from the future, no event would be sent until that time. */
function isPast(id: bigint | null): boolean {
  return id !== null && timestampOf(id) <= Date.now() + CLOCK_TOLERANCE_MS;
}
