import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { HashtagFacts, ListedPost } from './hashtag.model.ts';
import { findHashtagFacts } from './hashtag.repository.ts';
import { type HashtagOrder, listPosts, type Place } from './hashtag-list.repository.ts';
import { listRelated } from './pair.repository.ts';

/** By key; null where no post ever had it. */
export function createHashtagLoader(pool: Executor): Loader<string, HashtagFacts> {
  return createLoader(async (keys) => {
    const facts = await findHashtagFacts(pool, keys);
    return new Map(facts.map((one) => [one.key, one]));
  });
}

/** Published posts by hashtag, whoever may see them, for all hashtags of which the same part of their lists is asked. */
export type HashtagLists = (order: HashtagOrder, after: Place | null, limit: number) => Loader<string, ListedPost[]>;

export function createHashtagLists(pool: Executor): HashtagLists {
  return perPart(
    (order, after, limit) => `${order}:${after?.order}:${after?.id}:${limit}`,
    (order, after, limit) =>
      createLoader(async (keys) => Map.groupBy(await listPosts(pool, order, keys, after, limit), (post) => post.key)),
  );
}

/** Keys of related hashtags by hashtag, the closest first. */
export type RelatedLists = (limit: number) => Loader<string, string[]>;

export function createRelatedLists(pool: Executor): RelatedLists {
  return perPart(String, (limit) =>
    createLoader(async (keys) => {
      const related = Map.groupBy(await listRelated(pool, keys, limit), (one) => one.key);
      return new Map([...related].map(([key, list]) => [key, list.map((one) => one.other)]));
    }),
  );
}

/** One loader for each part that is asked for. */
function perPart<Part extends unknown[], List>(nameOf: (...part: Part) => string, make: (...part: Part) => List) {
  const lists = new Map<string, List>();
  return (...part: Part): List => {
    const name = nameOf(...part);
    const list = lists.get(name) ?? make(...part);
    lists.set(name, list);
    return list;
  };
}
