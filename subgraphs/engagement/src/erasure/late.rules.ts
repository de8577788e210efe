import type { ReadEvent } from '@tintype/events';
import type { ENGAGEMENT_EVENTS, LikeWord, ReadLikeWord } from '@tintype/schema/events/engagement';

type Read = ReadEvent<typeof ENGAGEMENT_EVENTS>;

/** People who, by these events, made or liked something. */
export function makersOf(events: readonly Read[]): bigint[] {
  const makers = new Set<bigint>();
  for (const { type, data } of events) {
    switch (type) {
      case 'tintype.engagement.like.recorded.v1':
        for (const { liked, userId } of data.words) if (liked) makers.add(userId);
        break;
      case 'tintype.engagement.comment.created.v1':
      case 'tintype.engagement.share.created.v1':
      case 'tintype.engagement.save.created.v1':
        makers.add(data.userId);
    }
  }
  return [...makers];
}

/** Words of these events by which one of these people likes something. */
export function likedBy(events: readonly Read[], people: ReadonlySet<bigint>): ReadLikeWord[] {
  return events.flatMap(({ type, data }) => {
    if (type !== 'tintype.engagement.like.recorded.v1') return [];
    return data.words.filter(({ liked, userId }) => liked && people.has(userId));
  });
}

/** The word that takes a like back. */
export function takeBack(word: ReadLikeWord, likeId: bigint): LikeWord {
  return {
    likeId: String(likeId),
    liked: false,
    userId: String(word.userId),
    postId: String(word.postId),
    commentId: word.commentId === null ? null : String(word.commentId),
    authorId: String(word.authorId),
    ownerId: String(word.ownerId),
  };
}
