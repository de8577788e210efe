import { type EventEnvelope, idOf, idsOf, millisecondsOf } from '@tintype/events';
import type { CauseWord } from '#cause/cause.model.ts';

/** People whom a caption mentions, each once; never its author. */
export type Caption = {
  postId: bigint;
  authorId: bigint;
  publishedMs: bigint;
  mentionedIds: bigint[];
  /** Sequence of the event. */
  version: bigint;
};

/** @throws UnprocessableEventError */
export function captionOf({ data, sequence }: EventEnvelope): Caption {
  const authorId = idOf(data, 'authorId');
  // Events from before captions mentioned people do not say whom.
  const mentioned = Reflect.has(data as object, 'mentionedIds') ? idsOf(data, 'mentionedIds') : [];
  return {
    postId: idOf(data, 'postId'),
    authorId,
    publishedMs: millisecondsOf(data, 'publishedMs'),
    mentionedIds: [...new Set(mentioned)].filter((id) => id !== authorId),
    version: BigInt(sequence),
  };
}

export function wordsOf({ postId, authorId, publishedMs, version }: Caption, hearers: readonly bigint[]): CauseWord[] {
  return hearers.map((recipientId) => ({
    recipientId,
    key: `caption:${postId}`,
    kind: 'MENTION',
    targetId: postId,
    actorId: authorId,
    postId,
    commentId: null,
    atMs: publishedMs,
    version,
    present: true,
  }));
}
