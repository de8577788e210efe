import { type EventEnvelope, readData } from '@tintype/events';
import type { PostAudience } from '@tintype/policy';
import { POST_EVENTS } from '@tintype/schema/events/post';
import type { ActivityChange } from '#activity/activity.model.ts';

/** A caption and the people whom it mentions, each once and without its author. */
export type Caption = {
  postId: bigint;
  authorId: bigint;
  audience: PostAudience;
  publishedMs: bigint;
  mentionedIds: bigint[];
  /** Sequence of the event. */
  version: bigint;
};

/** @throws UnprocessableEventError */
export function captionOf(event: EventEnvelope): Caption {
  const published = readData(POST_EVENTS, 'tintype.post.post.published.v1', event);
  const { postId, authorId, audience, publishedMs } = published;
  return {
    postId,
    authorId,
    audience,
    publishedMs,
    mentionedIds: [...new Set(published.mentionedIds)].filter((id) => id !== authorId),
    version: BigInt(event.sequence),
  };
}

export function captionActivities(
  { postId, authorId, publishedMs, version }: Caption,
  recipientIds: readonly bigint[],
): ActivityChange[] {
  return recipientIds.map((recipientId) => ({
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

/** A failed post notifies its author, who also counts as the actor. @throws UnprocessableEventError */
export function failedPostActivity(event: EventEnvelope): ActivityChange {
  const { postId, authorId } = readData(POST_EVENTS, 'tintype.post.post.failed.v1', event);
  return {
    recipientId: authorId,
    key: `failed:${postId}`,
    kind: 'POST_FAILED',
    targetId: postId,
    actorId: authorId,
    postId,
    commentId: null,
    atMs: BigInt(Date.parse(event.time)),
    version: BigInt(event.sequence),
    present: true,
  };
}
