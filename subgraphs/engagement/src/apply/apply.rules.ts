import { booleanOf, type EventEnvelope, idOf, idOrNull, objectsOf } from '@tintype/events';
import { MAX_WORDS, versionOf } from '@tintype/schema/events/engagement';
import type { ToldLike } from '#like/like.model.ts';

/** What a batch of the log says: the newest word of each pair, and the comments and shares whose counting is to be looked at. */
export type Told = { likes: ToldLike[]; commentIds: bigint[]; shareIds: bigint[]; postIds: bigint[] };

function likeOf(word: object, version: bigint): ToldLike {
  const commentId = idOrNull(word, 'commentId');
  const postId = idOf(word, 'postId');
  return {
    id: idOf(word, 'likeId'),
    userId: idOf(word, 'userId'),
    postId,
    targetId: commentId ?? postId,
    isComment: commentId !== null,
    liked: booleanOf(word, 'liked'),
    version,
  };
}

/** @throws UnprocessableEventError */
export function readBatch(events: readonly EventEnvelope[]): Told {
  const likes = new Map<string, ToldLike>();
  const [commentIds, shareIds, postIds] = [new Set<bigint>(), new Set<bigint>(), new Set<bigint>()];
  for (const event of events) {
    const [, , noun] = event.type.split('.');
    const { data } = event;
    if (noun === 'like') {
      for (const [index, word] of objectsOf(data, 'words', MAX_WORDS).entries()) {
        const like = likeOf(word, versionOf(event.sequence, index));
        const pair = `${like.userId}:${like.targetId}`;
        const known = likes.get(pair);
        if (!known || known.version < like.version) likes.set(pair, like);
        postIds.add(like.postId);
      }
      continue;
    }
    if (noun === 'comment') commentIds.add(idOf(data, 'commentId'));
    else if (noun === 'share') shareIds.add(idOf(data, 'shareId'));
    else continue;
    postIds.add(idOf(data, 'postId'));
  }
  return { likes: [...likes.values()], commentIds: [...commentIds], shareIds: [...shareIds], postIds: [...postIds] };
}

/** One statement takes so many words in some 50 ms. */
const WORDS_AT_ONCE = 4000;

/** A batch in parts that a statement can take, in their order: events of likes have up to 1,024 words under load. */
export function partsOf(events: readonly EventEnvelope[]): EventEnvelope[][] {
  const parts: EventEnvelope[][] = [];
  let words = 0;
  for (const event of events) {
    const size = (event.data as { words?: unknown[] }).words?.length ?? 1;
    if (parts.length === 0 || words + size > WORDS_AT_ONCE) {
      parts.push([]);
      words = 0;
    }
    parts.at(-1)!.push(event);
    words += size;
  }
  return parts;
}
