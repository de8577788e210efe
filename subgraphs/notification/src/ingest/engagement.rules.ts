import { type EventEnvelope, type ReadEvent, readEvent } from '@tintype/events';
import { timestampOf } from '@tintype/ids';
import { ENGAGEMENT_EVENTS, likeVersionOf, type ReadLikeChange } from '@tintype/schema/events/engagement';
import type { ActivityChange } from '#activity/activity.model.ts';
import { type CommentProjection, type Mention, mergeComments } from '#projection/comment.rules.ts';

/** The changes in a batch of events. Each comment and each mention of it is there once. */
export type EngagementChanges = {
  changes: ActivityChange[];
  comments: CommentProjection[];
  mentions: Mention[];
  deletedCommentIds: bigint[];
};

type Read = ReadEvent<typeof ENGAGEMENT_EVENTS>;
type Of<Type extends Read['type']> = Extract<Read, { type: Type }>;
type WrittenComment = Of<'tintype.engagement.comment.created.v1'> | Of<'tintype.engagement.comment.edited.v1'>;
type ShareChange = Of<'tintype.engagement.share.created.v1'> | Of<'tintype.engagement.share.deleted.v1'>;

/** @throws UnprocessableEventError */
export function readBatch(events: readonly EventEnvelope[]): EngagementChanges {
  const changes: ActivityChange[] = [];
  const comments = new Map<bigint, CommentProjection>();
  const mentions = new Map<string, Mention>();
  const deletedCommentIds: bigint[] = [];
  const addComment = (event: WrittenComment) => {
    const comment = commentOf(event);
    const known = comments.get(comment.id);
    comments.set(comment.id, known ? mergeComments(known, comment) : comment);
    for (const mention of mentionsOf(event)) {
      const key = `${mention.commentId} ${mention.userId}`;
      const other = mentions.get(key);
      if (!other || other.version < mention.version) mentions.set(key, mention);
    }
  };
  for (const event of events) {
    const read = readEvent(ENGAGEMENT_EVENTS, event);
    switch (read?.type) {
      case 'tintype.engagement.like.recorded.v1':
        changes.push(...read.data.changes.map((like, index) => likeOf(like, likeVersionOf(event.sequence, index))));
        break;
      case 'tintype.engagement.share.created.v1':
      case 'tintype.engagement.share.deleted.v1':
        changes.push(shareOf(read));
        break;
      case 'tintype.engagement.comment.created.v1':
      case 'tintype.engagement.comment.edited.v1':
        addComment(read);
        break;
      case 'tintype.engagement.comment.deleted.v1':
        deletedCommentIds.push(read.data.commentId);
    }
  }
  return {
    changes: changes.filter(isOfOthers),
    comments: [...comments.values()],
    mentions: [...mentions.values()],
    deletedCommentIds,
  };
}

function likeOf(
  { likeId, liked, userId, postId, commentId, targetAuthorId }: ReadLikeChange,
  version: bigint,
): ActivityChange {
  return {
    recipientId: targetAuthorId,
    key: `like:${commentId ?? postId}:${userId}`,
    kind: commentId === null ? 'POST_LIKE' : 'COMMENT_LIKE',
    targetId: commentId ?? postId,
    actorId: userId,
    postId,
    commentId,
    atMs: BigInt(timestampOf(likeId)),
    version,
    present: liked,
  };
}

function shareOf({ type, data, sequence, time }: ShareChange): ActivityChange {
  const { shareId, postId, authorId, userId, createdMs } = data;
  const present = type === 'tintype.engagement.share.created.v1';
  return {
    recipientId: authorId,
    key: `share:${shareId}`,
    kind: 'SHARE',
    targetId: postId,
    actorId: userId,
    postId,
    commentId: null,
    atMs: present ? createdMs : BigInt(Date.parse(time)),
    version: BigInt(sequence),
    present,
  };
}

/** Nobody is notified of what they do themselves. */
function isOfOthers({ recipientId, actorId }: ActivityChange): boolean {
  return recipientId !== actorId;
}

function commentOf({ type, data, sequence }: WrittenComment): CommentProjection {
  const created = type === 'tintype.engagement.comment.created.v1' ? data : null;
  return {
    id: data.commentId,
    postId: data.postId,
    userId: data.userId,
    postAuthorId: data.authorId,
    parentId: data.parentId,
    parentAuthorId: created?.parentAuthorId ?? null,
    createdMs: created?.createdMs ?? null,
    isHidden: data.isHidden,
    version: BigInt(sequence),
  };
}

function mentionsOf({ type, data, sequence }: WrittenComment): Mention[] {
  const mentionsBy = (ids: readonly bigint[], mentioned: boolean): Mention[] =>
    ids.map((userId) => ({ commentId: data.commentId, userId, mentioned, version: BigInt(sequence) }));
  if (type === 'tintype.engagement.comment.created.v1') return mentionsBy(data.mentionedIds, true);
  return [...mentionsBy(data.addedMentionIds, true), ...mentionsBy(data.removedMentionIds, false)];
}
