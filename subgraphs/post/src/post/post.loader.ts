import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { PostModel } from './post.model.ts';
import { findPosts, type ListPlace, listPublished } from './post.repository.ts';

export function createPostLoader(pool: Executor): Loader<bigint, PostModel> {
  return createLoader(async (ids) => {
    const posts = await findPosts(pool, ids);
    return new Map(posts.map((post) => [String(post.id), post]));
  });
}

/** Published posts by author, for all authors of whom the same part of their lists is asked; null where there are none. */
export type PostLists = (after: ListPlace | null, limit: number) => Loader<bigint, PostModel[]>;

export function createPostLists(pool: Executor): PostLists {
  const lists = new Map<string, Loader<bigint, PostModel[]>>();
  return (after, limit) => {
    const part = `${after?.publishedMs}:${after?.id}:${limit}`;
    const known = lists.get(part);
    if (known) return known;
    const list = createLoader<bigint, PostModel[]>(async (authorIds) => {
      const posts = await listPublished(pool, authorIds, after, limit);
      return Map.groupBy(posts, (post) => String(post.authorId));
    });
    lists.set(part, list);
    return list;
  };
}
