import type { ReadEvent } from '@tintype/events';
import type { ENGAGEMENT_EVENTS, ReadLikeChange } from '@tintype/schema/events/engagement';
import { likeVersionOf } from '@tintype/schema/events/engagement';
import type { VersionedLike } from '#like/like.model.ts';

type Read = ReadEvent<typeof ENGAGEMENT_EVENTS>;

/**
 * The content of some events: the latest change of each like, and the comments and shares that may have to be counted
 * or uncounted.
 */
export type LogBatch = { likes: VersionedLike[]; commentIds: bigint[]; shareIds: bigint[]; postIds: bigint[] };

function toLike({ likeId, userId, postId, commentId, liked }: ReadLikeChange, version: bigint): VersionedLike {
  return { id: likeId, userId, postId, targetId: commentId ?? postId, isComment: commentId !== null, liked, version };
}

export function readBatch(events: readonly Read[]): LogBatch {
  const likes = new Map<string, VersionedLike>();
  const [commentIds, shareIds, postIds] = [new Set<bigint>(), new Set<bigint>(), new Set<bigint>()];
  for (const event of events) {
    switch (event.type) {
      case 'tintype.engagement.like.recorded.v1':
        for (const [index, change] of event.data.changes.entries()) {
          const like = toLike(change, likeVersionOf(event.sequence, index));
          const pair = `${like.userId}:${like.targetId}`;
          const known = likes.get(pair);
          if (!known || known.version < like.version) likes.set(pair, like);
          postIds.add(like.postId);
        }
        break;
      case 'tintype.engagement.comment.created.v1':
      case 'tintype.engagement.comment.edited.v1':
      case 'tintype.engagement.comment.deleted.v1':
        commentIds.add(event.data.commentId);
        postIds.add(event.data.postId);
        break;
      case 'tintype.engagement.share.created.v1':
      case 'tintype.engagement.share.deleted.v1':
        shareIds.add(event.data.shareId);
        postIds.add(event.data.postId);
    }
  }
  return { likes: [...likes.values()], commentIds: [...commentIds], shareIds: [...shareIds], postIds: [...postIds] };
}

/** One statement applies this many changes in about 50 ms. */
const CHANGES_AT_ONCE = 4000;

/**
 * Splits events into batches for one statement each and keeps their order. Under load, an event has up to 1,024 likes.
 */
export function splitBatch(events: readonly Read[]): Read[][] {
  const batches: Read[][] = [];
  let changeCount = 0;
  for (const event of events) {
    const size = 'changes' in event.data ? event.data.changes.length : 1;
    if (batches.length === 0 || changeCount + size > CHANGES_AT_ONCE) {
      batches.push([]);
      changeCount = 0;
    }
    batches.at(-1)!.push(event);
    changeCount += size;
  }
  return batches;
}
