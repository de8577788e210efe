import type { NotificationKind } from '@tintype/schema/events/notification';
import type { ActivityChange } from '#activity/activity.model.ts';

/** What is known of a comment from the events so far. */
export type CommentProjection = {
  id: bigint;
  postId: bigint;
  /** Its author. */
  userId: bigint;
  postAuthorId: bigint;
  parentId: bigint | null;
  /** Null if it is not a reply, and until the event of its creation has arrived. */
  parentAuthorId: bigint | null;
  /** Null until the event of its creation has arrived. */
  createdMs: bigint | null;
  isHidden: boolean;
  /** Sequence of the newest event. */
  version: bigint;
};

/** Whether a comment mentions a person, according to one event. */
export type Mention = { commentId: bigint; userId: bigint; mentioned: boolean; version: bigint };

/** Combines two projections of one comment. The order does not matter. */
export function mergeComments(one: CommentProjection, other: CommentProjection): CommentProjection {
  const newer = one.version >= other.version ? one : other;
  return {
    ...newer,
    parentAuthorId: one.parentAuthorId ?? other.parentAuthorId,
    createdMs: one.createdMs ?? other.createdMs,
  };
}

/**
 * The activities of a comment: one for each person whom it mentions, otherwise one for the author of the comment that
 * it replies to, otherwise one for the author of the post. Activities of a hidden comment, and of people whom it no
 * longer mentions, are not present.
 */
export function commentActivities(comment: CommentProjection, mentions: readonly Mention[]): ActivityChange[] {
  const { id, userId, postId, postAuthorId, parentId, parentAuthorId, createdMs, isHidden, version } = comment;
  if (createdMs === null) return [];
  const kinds = new Map<bigint, NotificationKind | null>(mentions.map((mention) => [mention.userId, null]));
  kinds.set(postAuthorId, 'COMMENT');
  if (parentAuthorId !== null) kinds.set(parentAuthorId, 'REPLY');
  for (const mention of mentions) if (mention.mentioned) kinds.set(mention.userId, 'MENTION');
  kinds.delete(userId);
  return [...kinds].map(([recipientId, kind]) => ({
    recipientId,
    key: `comment:${id}`,
    kind: kind ?? 'MENTION',
    targetId: kind === 'REPLY' ? parentId! : postId,
    actorId: userId,
    postId,
    commentId: id,
    atMs: createdMs,
    version,
    present: kind !== null && !isHidden,
  }));
}
