import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { HashtagFacts, ListedPost, RelatedHashtag } from './hashtag.model.ts';
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

/** Related hashtags by hashtag, the closest first: some more than are asked for, because not every viewer sees all of them. */
export type RelatedLists = (wanted: number) => Loader<string, RelatedHashtag[]>;

/** So many more are read, for those whose authors are hidden. */
const SPARE = 5;

export function createRelatedLists(pool: Executor): RelatedLists {
  return perPart(String, (wanted) =>
    createLoader(async (keys) => Map.groupBy(await listRelated(pool, keys, wanted + SPARE), (one) => one.key)),
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
