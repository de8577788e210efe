import { type EventEnvelope, type ReadEvent, readEvent } from '@tintype/events';
import { timestampOf } from '@tintype/ids';
import { ENGAGEMENT_EVENTS, likeVersionOf, type ReadLikeChange } from '@tintype/schema/events/engagement';
import type { CauseWord } from '#cause/cause.model.ts';
import { type CommentFacts, type Mention, mergeFacts } from '#comment/comment.rules.ts';

/** What a batch of the log says. Comments, and mentions of each of them, are there once. */
export type Told = { words: CauseWord[]; comments: CommentFacts[]; mentions: Mention[]; goneCommentIds: bigint[] };

type Read = ReadEvent<typeof ENGAGEMENT_EVENTS>;
type Of<Type extends Read['type']> = Extract<Read, { type: Type }>;
type WrittenComment = Of<'tintype.engagement.comment.created.v1'> | Of<'tintype.engagement.comment.edited.v1'>;
type ShareChange = Of<'tintype.engagement.share.created.v1'> | Of<'tintype.engagement.share.deleted.v1'>;

/** @throws UnprocessableEventError */
export function readBatch(events: readonly EventEnvelope[]): Told {
  const words: CauseWord[] = [];
  const comments = new Map<bigint, CommentFacts>();
  const mentions = new Map<string, Mention>();
  const goneCommentIds: bigint[] = [];
  const addComment = (event: WrittenComment) => {
    const facts = commentOf(event);
    const known = comments.get(facts.id);
    comments.set(facts.id, known ? mergeFacts(known, facts) : facts);
    for (const mention of mentionsOf(event)) {
      const place = `${mention.commentId} ${mention.userId}`;
      const other = mentions.get(place);
      if (!other || other.version < mention.version) mentions.set(place, mention);
    }
  };
  for (const event of events) {
    const read = readEvent(ENGAGEMENT_EVENTS, event);
    switch (read?.type) {
      case 'tintype.engagement.like.recorded.v1':
        words.push(...read.data.changes.map((word, index) => likeOf(word, likeVersionOf(event.sequence, index))));
        break;
      case 'tintype.engagement.share.created.v1':
      case 'tintype.engagement.share.deleted.v1':
        words.push(shareOf(read));
        break;
      case 'tintype.engagement.comment.created.v1':
      case 'tintype.engagement.comment.edited.v1':
        addComment(read);
        break;
      case 'tintype.engagement.comment.deleted.v1':
        goneCommentIds.push(read.data.commentId);
    }
  }
  return {
    words: words.filter(isOfOthers),
    comments: [...comments.values()],
    mentions: [...mentions.values()],
    goneCommentIds,
  };
}

function likeOf(
  { likeId, liked, userId, postId, commentId, targetAuthorId }: ReadLikeChange,
  version: bigint,
): CauseWord {
  return {
    recipientId: targetAuthorId,
    key: `like:${commentId ?? postId}:${userId}`,
    kind: commentId === null ? 'LIKE_POST' : 'LIKE_COMMENT',
    targetId: commentId ?? postId,
    actorId: userId,
    postId,
    commentId,
    atMs: BigInt(timestampOf(likeId)),
    version,
    present: liked,
  };
}

function shareOf({ type, data, sequence, time }: ShareChange): CauseWord {
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

/** What people do to what is their own concerns nobody. */
function isOfOthers({ recipientId, actorId }: CauseWord): boolean {
  return recipientId !== actorId;
}

function commentOf({ type, data, sequence }: WrittenComment): CommentFacts {
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
  const say = (ids: readonly bigint[], mentioned: boolean): Mention[] =>
    ids.map((userId) => ({ commentId: data.commentId, userId, mentioned, version: BigInt(sequence) }));
  if (type === 'tintype.engagement.comment.created.v1') return say(data.mentionedIds, true);
  return [...say(data.addedMentionIds, true), ...say(data.removedMentionIds, false)];
}
