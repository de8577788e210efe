import { createLoader, type Loader } from '@tintype/graphql';
import { canViewPosts, type Relation } from '@tintype/policy';
import type { Direction, Executor, KeysetRead } from '@tintype/postgres';
import type { PostState } from '#generated/graphql.ts';
import type { PostModel } from './post.model.ts';
import { findPosts, type ListAuthor, type ListKey, listCreated, listPublished } from './post.repository.ts';
import { findPostCounts, type PostCounts } from './post-count.repository.ts';

export function createPostLoader(pool: Executor): Loader<bigint, PostModel> {
  return createLoader(async (ids) => {
    const posts = await findPosts(pool, ids);
    return new Map(posts.map((post) => [String(post.id), post]));
  });
}

/** A page of an author's posts. Published posts are sorted by publication, posts in other states by id. */
export type PostPage =
  | { states: 'published'; from: ListKey | null; direction: Direction; limit: number }
  | ({ states: readonly PostState[] } & KeysetRead);

/**
 * Posts by author, without those for close friends that the viewer may not see. One statement reads the same page for
 * several authors. The value is null if there are no posts.
 */
export type PostLists = (page: PostPage) => Loader<bigint, PostModel[]>;

/** An id that nobody has, for visitors. */
const NOBODY = 0n;

export function createPostLists(deps: {
  pool: Executor;
  viewerId: bigint | undefined;
  relations: Loader<bigint, Relation>;
}): PostLists {
  const { pool, viewerId = NOBODY, relations } = deps;
  const lists = new Map<string, Loader<bigint, PostModel[]>>();

  const authorsOf = (ids: readonly bigint[]): Promise<ListAuthor[]> =>
    Promise.all(
      ids.map(async (id) => {
        const relation = await relations.load(id);
        return { id, showsCloseFriends: relation !== null && canViewPosts('CLOSE_FRIENDS', relation) };
      }),
    );

  return (page) => {
    const { direction, limit } = page;
    const name =
      page.states === 'published'
        ? [page.from?.publishedMs, page.from?.id, direction, limit].join(':')
        : [page.states.join(), page.from, direction, limit].join(':');
    const known = lists.get(name);
    if (known) return known;
    const list = createLoader<bigint, PostModel[]>(async (authorIds) => {
      const authors = await authorsOf(authorIds);
      const posts =
        page.states === 'published'
          ? await listPublished(pool, authors, page.from, direction, limit, viewerId)
          : await listCreated(pool, authors, page.states, page, viewerId);
      return Map.groupBy(posts, (post) => String(post.authorId));
    });
    lists.set(name, list);
    return list;
  };
}

/** Null if the author has never published a post. */
export function createPostCountLoader(pool: Executor): Loader<bigint, PostCounts> {
  return createLoader(async (authorIds) => {
    const rows = await findPostCounts(pool, authorIds);
    return new Map(rows.map(({ userId, ...counts }) => [String(userId), counts]));
  });
}
