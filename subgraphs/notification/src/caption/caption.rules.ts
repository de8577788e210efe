import { type EventEnvelope, readData } from '@tintype/events';
import { POST_EVENTS } from '@tintype/schema/events/post';
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
export function captionOf(event: EventEnvelope): Caption {
  const published = readData(POST_EVENTS, 'tintype.post.post.published.v1', event);
  const { postId, authorId, publishedMs } = published;
  return {
    postId,
    authorId,
    publishedMs,
    mentionedIds: [...new Set(published.mentionedIds)].filter((id) => id !== authorId),
    version: BigInt(event.sequence),
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
