import { booleanOf, type EventEnvelope, idOf, idOrNull, idsOf, millisecondsOf, objectsOf } from '@tintype/events';
import { timestampOf } from '@tintype/ids';
import { MAX_WORDS, versionOf } from '@tintype/schema/events/engagement';
import type { CauseWord } from '#cause/cause.model.ts';
import { type CommentFacts, type Mention, mergeFacts } from '#comment/comment.rules.ts';

/** What a batch of the log says. Comments, and mentions of each of them, are there once. */
export type Told = { words: CauseWord[]; comments: CommentFacts[]; mentions: Mention[]; goneCommentIds: bigint[] };

/** @throws UnprocessableEventError */
export function readBatch(events: readonly EventEnvelope[]): Told {
  const words: CauseWord[] = [];
  const comments = new Map<bigint, CommentFacts>();
  const mentions = new Map<string, Mention>();
  const goneCommentIds: bigint[] = [];
  for (const event of events) {
    const [, , noun, verb] = event.type.split('.');
    const data = event.data as object;
    if (noun === 'like') words.push(...likesOf(data, event.sequence));
    else if (noun === 'share') words.push(...shareOf(event, verb === 'created'));
    else if (noun === 'comment' && verb === 'deleted') goneCommentIds.push(idOf(data, 'commentId'));
    else if (noun === 'comment') {
      const facts = commentOf(event, verb === 'created');
      const known = comments.get(facts.id);
      comments.set(facts.id, known ? mergeFacts(known, facts) : facts);
      for (const mention of mentionsOf(event, facts.id, verb === 'created')) {
        const place = `${mention.commentId} ${mention.userId}`;
        const other = mentions.get(place);
        if (!other || other.version < mention.version) mentions.set(place, mention);
      }
    }
  }
  return { words, comments: [...comments.values()], mentions: [...mentions.values()], goneCommentIds };
}

function likesOf(data: object, sequence: string): CauseWord[] {
  return objectsOf(data, 'words', MAX_WORDS)
    .map((word, index): CauseWord => {
      const [userId, postId, commentId] = [idOf(word, 'userId'), idOf(word, 'postId'), idOrNull(word, 'commentId')];
      return {
        recipientId: idOf(word, 'ownerId'),
        key: `like:${commentId ?? postId}:${userId}`,
        kind: commentId === null ? 'LIKE_POST' : 'LIKE_COMMENT',
        targetId: commentId ?? postId,
        actorId: userId,
        postId,
        commentId,
        atMs: BigInt(timestampOf(idOf(word, 'likeId'))),
        version: versionOf(sequence, index),
        present: booleanOf(word, 'liked'),
      };
    })
    .filter(isOfOthers);
}

function shareOf({ data, sequence, time }: EventEnvelope, present: boolean): CauseWord[] {
  const share = data as object;
  const postId = idOf(share, 'postId');
  const word: CauseWord = {
    recipientId: idOf(share, 'authorId'),
    key: `share:${idOf(share, 'shareId')}`,
    kind: 'SHARE',
    targetId: postId,
    actorId: idOf(share, 'userId'),
    postId,
    commentId: null,
    atMs: present ? millisecondsOf(share, 'createdMs') : BigInt(Date.parse(time)),
    version: BigInt(sequence),
    present,
  };
  return [word].filter(isOfOthers);
}

/** What people do to what is their own concerns nobody. */
function isOfOthers({ recipientId, actorId }: CauseWord): boolean {
  return recipientId !== actorId;
}

function commentOf({ data, sequence }: EventEnvelope, isCreated: boolean): CommentFacts {
  const comment = data as object;
  return {
    id: idOf(comment, 'commentId'),
    postId: idOf(comment, 'postId'),
    userId: idOf(comment, 'userId'),
    postAuthorId: idOf(comment, 'authorId'),
    parentId: idOrNull(comment, 'parentId'),
    parentAuthorId: isCreated ? idOrNull(comment, 'parentAuthorId') : null,
    createdMs: isCreated ? millisecondsOf(comment, 'createdMs') : null,
    isHidden: booleanOf(comment, 'isHidden'),
    version: BigInt(sequence),
  };
}

function mentionsOf({ data, sequence }: EventEnvelope, commentId: bigint, isCreated: boolean): Mention[] {
  const say = (field: string, mentioned: boolean): Mention[] =>
    idsOf(data, field).map((userId) => ({ commentId, userId, mentioned, version: BigInt(sequence) }));
  if (isCreated) return say('mentionedIds', true);
  return [...say('addedMentionIds', true), ...say('removedMentionIds', false)];
}
