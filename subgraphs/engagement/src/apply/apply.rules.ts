import type { ReadEvent } from '@tintype/events';
import type { ENGAGEMENT_EVENTS, ReadLikeWord } from '@tintype/schema/events/engagement';
import { versionOf } from '@tintype/schema/events/engagement';
import type { ToldLike } from '#like/like.model.ts';

type Read = ReadEvent<typeof ENGAGEMENT_EVENTS>;

/** What a batch of the log says: the newest word of each pair, and the comments and shares whose counting is to be looked at. */
export type Told = { likes: ToldLike[]; commentIds: bigint[]; shareIds: bigint[]; postIds: bigint[] };

function likeOf({ likeId, userId, postId, commentId, liked }: ReadLikeWord, version: bigint): ToldLike {
  return { id: likeId, userId, postId, targetId: commentId ?? postId, isComment: commentId !== null, liked, version };
}

export function readBatch(events: readonly Read[]): Told {
  const likes = new Map<string, ToldLike>();
  const [commentIds, shareIds, postIds] = [new Set<bigint>(), new Set<bigint>(), new Set<bigint>()];
  for (const event of events) {
    switch (event.type) {
      case 'tintype.engagement.like.recorded.v1':
        for (const [index, word] of event.data.words.entries()) {
          const like = likeOf(word, versionOf(event.sequence, index));
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

/** One statement takes so many words in some 50 ms. */
const WORDS_AT_ONCE = 4000;

/** A batch in parts that a statement can take, in their order: events of likes have up to 1,024 words under load. */
export function partsOf(events: readonly Read[]): Read[][] {
  const parts: Read[][] = [];
  let words = 0;
  for (const event of events) {
    const size = 'words' in event.data ? event.data.words.length : 1;
    if (parts.length === 0 || words + size > WORDS_AT_ONCE) {
      parts.push([]);
      words = 0;
    }
    parts.at(-1)!.push(event);
    words += size;
  }
  return parts;
}
