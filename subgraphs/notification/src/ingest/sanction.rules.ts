import { type EventEnvelope, readEvent } from '@tintype/events';
import { USER_EVENTS } from '@tintype/schema/events/user';
import type { ActivityChange } from '#activity/activity.model.ts';

/**
 * A decision of moderators notifies the person concerned, and so does its review. Both are about the decision, so they
 * are one notification if they happen on the same day. The person also counts as the actor: who decided stays secret.
 *
 * @returns null for other types of events @throws UnprocessableEventError
 */
export function sanctionActivity(event: EventEnvelope): ActivityChange | null {
  const read = readEvent(USER_EVENTS, event);
  switch (read?.type) {
    case 'tintype.user.sanction.imposed.v1':
      return activityOf('decision', read);
    case 'tintype.user.sanction.reviewed.v1':
      return activityOf('review', read);
    default:
      return null;
  }
}

function activityOf(
  what: 'decision' | 'review',
  event: EventEnvelope<string, { userId: bigint; decisionId: bigint }>,
): ActivityChange {
  const { userId, decisionId } = event.data;
  return {
    recipientId: userId,
    key: `${what}:${decisionId}`,
    kind: 'MODERATION',
    targetId: decisionId,
    actorId: userId,
    postId: null,
    commentId: null,
    atMs: BigInt(Date.parse(event.time)),
    version: BigInt(event.sequence),
    present: true,
  };
}
