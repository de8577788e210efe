import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { PostState } from '#generated/graphql.ts';
import type { PostModel } from './post.model.ts';
import { findPosts, type ListPlace, listCreated, listPublished } from './post.repository.ts';

export function createPostLoader(pool: Executor): Loader<bigint, PostModel> {
  return createLoader(async (ids) => {
    const posts = await findPosts(pool, ids);
    return new Map(posts.map((post) => [String(post.id), post]));
  });
}

/** Where to go on in a list of an author's posts: behind a place of published ones, or before an id of those in other states. */
export type ListPart =
  | { states: 'published'; after: ListPlace | null; limit: number }
  | { states: readonly PostState[]; before: bigint | null; limit: number };

/** Posts by author, for all authors of whom the same part of their lists is asked; null where there are none. */
export type PostLists = (part: ListPart) => Loader<bigint, PostModel[]>;

export function createPostLists(pool: Executor): PostLists {
  const lists = new Map<string, Loader<bigint, PostModel[]>>();
  return (part) => {
    const name =
      part.states === 'published'
        ? `${part.after?.publishedMs}:${part.after?.id}:${part.limit}`
        : `${part.states.join()}:${part.before}:${part.limit}`;
    const known = lists.get(name);
    if (known) return known;
    const list = createLoader<bigint, PostModel[]>(async (authorIds) => {
      const posts =
        part.states === 'published'
          ? await listPublished(pool, authorIds, part.after, part.limit)
          : await listCreated(pool, authorIds, part.states, part.before, part.limit);
      return Map.groupBy(posts, (post) => String(post.authorId));
    });
    lists.set(name, list);
    return list;
  };
}
