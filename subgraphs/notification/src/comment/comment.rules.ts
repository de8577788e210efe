import type { NotificationKind } from '@tintype/schema/events/notification';
import type { CauseWord } from '#cause/cause.model.ts';

/** What events told of a comment so far. */
export type CommentFacts = {
  id: bigint;
  postId: bigint;
  /** Who wrote it. */
  userId: bigint;
  postAuthorId: bigint;
  parentId: bigint | null;
  /** Null where it is no reply, and until the event of its creation is here. */
  parentAuthorId: bigint | null;
  /** Null until the event of its creation is here. */
  createdMs: bigint | null;
  isHidden: boolean;
  /** Sequence of the newest event. */
  version: bigint;
};

/** That an event says of someone whether a comment mentions them. */
export type Mention = { commentId: bigint; userId: bigint; mentioned: boolean; version: bigint };

/** Two views of one comment in one; the same whichever came first. */
export function mergeFacts(one: CommentFacts, other: CommentFacts): CommentFacts {
  const newer = one.version >= other.version ? one : other;
  return {
    ...newer,
    parentAuthorId: one.parentAuthorId ?? other.parentAuthorId,
    createdMs: one.createdMs ?? other.createdMs,
  };
}

/**
 * Whom a comment concerns, each once: who is mentioned hears of that, else the author of the comment that it replies to, else the author
 * of the post. Nobody where it is hidden; and of those whom it concerned before, that it does not any more.
 */
export function wordsOf(comment: CommentFacts, mentions: readonly Mention[]): CauseWord[] {
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
