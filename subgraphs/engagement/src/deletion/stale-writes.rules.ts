import type { ReadEvent } from '@tintype/events';
import type { ENGAGEMENT_EVENTS, PublishedLikeChange, ReadLikeChange } from '@tintype/schema/events/engagement';

type Read = ReadEvent<typeof ENGAGEMENT_EVENTS>;

/** People who liked, commented, shared or saved something according to these events. */
export function peopleWhoEngaged(events: readonly Read[]): bigint[] {
  const people = new Set<bigint>();
  for (const { type, data } of events) {
    switch (type) {
      case 'tintype.engagement.like.recorded.v1':
        for (const { liked, userId } of data.changes) if (liked) people.add(userId);
        break;
      case 'tintype.engagement.comment.created.v1':
      case 'tintype.engagement.share.created.v1':
      case 'tintype.engagement.save.created.v1':
        people.add(data.userId);
    }
  }
  return [...people];
}

/** Likes by these people. */
export function likesBy(events: readonly Read[], people: ReadonlySet<bigint>): ReadLikeChange[] {
  return events.flatMap(({ type, data }) => {
    if (type !== 'tintype.engagement.like.recorded.v1') return [];
    return data.changes.filter(({ liked, userId }) => liked && people.has(userId));
  });
}

/** The change that undoes a like. */
export function toUnlike(change: ReadLikeChange, likeId: bigint): PublishedLikeChange {
  return {
    likeId: String(likeId),
    liked: false,
    userId: String(change.userId),
    postId: String(change.postId),
    commentId: change.commentId === null ? null : String(change.commentId),
    authorId: String(change.authorId),
    targetAuthorId: String(change.targetAuthorId),
  };
}
