import { type EventEnvelope, UnprocessableEventError } from '@tintype/events';
import type { EngagementEvents } from '@tintype/schema/events/engagement';
import type { ToldLike } from '#like/like.model.ts';

/** What a batch of the log says: the newest word of each pair, and the comments and shares whose counting is to be looked at. */
export type Told = { likes: ToldLike[]; commentIds: bigint[]; shareIds: bigint[]; postIds: bigint[] };

type Likes = EngagementEvents['tintype.engagement.like.created.v1'];

function idOf(text: unknown): bigint {
  if (typeof text !== 'string' || !/^[1-9]\d{0,18}$/.test(text)) {
    throw new UnprocessableEventError(`"${text}" is no id`);
  }
  return BigInt(text);
}

function likeOf(event: EventEnvelope): ToldLike {
  const { likeId, userId, postId, commentId } = event.data as Likes;
  return {
    id: idOf(likeId),
    userId: idOf(userId),
    postId: idOf(postId),
    targetId: idOf(commentId ?? postId),
    isComment: commentId !== null,
    liked: event.type === 'tintype.engagement.like.created.v1',
    version: BigInt(event.sequence),
  };
}

/** @throws UnprocessableEventError */
export function readBatch(events: readonly EventEnvelope[]): Told {
  const likes = new Map<string, ToldLike>();
  const [commentIds, shareIds, postIds] = [new Set<bigint>(), new Set<bigint>(), new Set<bigint>()];
  for (const event of events) {
    const [, , noun] = event.type.split('.');
    const data = event.data as { commentId?: string; shareId?: string; postId?: string };
    if (noun === 'like') {
      const like = likeOf(event);
      const known = likes.get(event.subject);
      if (!known || known.version < like.version) likes.set(event.subject, like);
    } else if (noun === 'comment') commentIds.add(idOf(data.commentId));
    else if (noun === 'share') shareIds.add(idOf(data.shareId));
    if (noun !== 'save') postIds.add(idOf(data.postId));
  }
  return { likes: [...likes.values()], commentIds: [...commentIds], shareIds: [...shareIds], postIds: [...postIds] };
}
