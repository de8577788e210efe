import { createListLoader, createLoader, type ListLoader, type ListPart, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { HashtagFacts, ListedPost, RelatedHashtag } from './hashtag.model.ts';
import { findHashtagFacts } from './hashtag.repository.ts';
import { type HashtagOrder, listPosts } from './hashtag-list.repository.ts';
import { listRelated } from './pair.repository.ts';

/** By key; null where no post ever had it. */
export function createHashtagLoader(pool: Executor): Loader<string, HashtagFacts> {
  return createLoader(async (keys) => {
    const facts = await findHashtagFacts(pool, keys);
    return new Map(facts.map((one) => [one.key, one]));
  });
}

/** Published posts by hashtag, whoever may see them. */
export type HashtagLists = Record<HashtagOrder, ListLoader<string, ListedPost>>;

export function createHashtagLists(pool: Executor): HashtagLists {
  const listOf = (order: HashtagOrder) =>
    createListLoader((parts: readonly ListPart<string>[]) => listPosts(pool, order, parts));
  return { recent: listOf('recent'), top: listOf('top') };
}

/** Related hashtags by hashtag, the closest first: some more than are asked for, because not every viewer sees all of them. */
export type RelatedLists = (wanted: number) => Loader<string, RelatedHashtag[]>;

/** So many more are read, for those whose authors are hidden. */
const SPARE = 5;

export function createRelatedLists(pool: Executor): RelatedLists {
  const lists = new Map<number, Loader<string, RelatedHashtag[]>>();
  return (wanted) => {
    const known = lists.get(wanted);
    if (known) return known;
    const list = createLoader<string, RelatedHashtag[]>(async (keys) =>
      Map.groupBy(await listRelated(pool, keys, wanted + SPARE), (one) => one.key),
    );
    lists.set(wanted, list);
    return list;
  };
}
