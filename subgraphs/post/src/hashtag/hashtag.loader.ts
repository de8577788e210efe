import { createListLoader, createLoader, type ListLoader, type ListPart, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { HashtagOrder, HashtagSummary, ListedPost, RelatedHashtag } from './hashtag.model.ts';
import { findHashtagSummaries } from './hashtag.repository.ts';
import { listRecentPosts, listTopPosts } from './hashtag-list.repository.ts';
import { listRelated } from './related-hashtag.repository.ts';

/** By key. Null if no post has ever had the hashtag. */
export function createHashtagLoader(pool: Executor): Loader<string, HashtagSummary> {
  return createLoader(async (keys) => {
    const summaries = await findHashtagSummaries(pool, keys);
    return new Map(summaries.map((one) => [one.key, one]));
  });
}

/** Published posts by hashtag, including those that the viewer may not see. The top posts are read forward only. */
export type HashtagLists = Record<HashtagOrder, ListLoader<string, ListedPost>>;

export function createHashtagLists(pool: Executor): HashtagLists {
  return {
    recent: createListLoader((parts: readonly ListPart<string>[], direction) =>
      listRecentPosts(pool, parts, direction),
    ),
    top: createListLoader((parts: readonly ListPart<string>[]) => listTopPosts(pool, parts)),
  };
}

/**
 * Related hashtags by hashtag, the most similar first. Returns some more than `count`, because the viewer may not see
 * all of them.
 */
export type RelatedLists = (count: number) => Loader<string, RelatedHashtag[]>;

/** How many more are read, to replace those that the viewer may not see. */
const SPARE = 5;

export function createRelatedLists(pool: Executor): RelatedLists {
  const lists = new Map<number, Loader<string, RelatedHashtag[]>>();
  return (count) => {
    const known = lists.get(count);
    if (known) return known;
    const list = createLoader<string, RelatedHashtag[]>(async (keys) =>
      Map.groupBy(await listRelated(pool, keys, count + SPARE), (one) => one.key),
    );
    lists.set(count, list);
    return list;
  };
}
