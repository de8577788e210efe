import { type Executor, query, statement } from '@tintype/postgres';
import type { Entry, EntryKey } from './timeline.model.ts';

const KEY = 'post_id AS "postId", shared_post_id AS "sharedPostId"';

export type AuthorPostChange = Entry & { authorId: bigint; deleted: boolean; version: bigint };

const AUTHOR_POST_APPLY = statement(
  'author_post_apply',
  `INSERT INTO feed.author_post AS p (author_id, post_id, published_ms, deleted, version, shared_post_id)
   VALUES ($1, $2, $3, $4, $5, $6?)
   ON CONFLICT (author_id, post_id) DO UPDATE SET deleted = excluded.deleted, version = excluded.version
   WHERE p.version < excluded.version`,
);

/**
 * Writes a post or share that was published or deleted. An event that is older than the one that wrote the row has no
 * effect.
 * @returns the current state
 */
export async function applyPost(executor: Executor, change: AuthorPostChange): Promise<{ deleted: boolean }> {
  const { authorId, postId, publishedMs, deleted, version, sharedPostId = null } = change;
  await query(executor, AUTHOR_POST_APPLY, [authorId, postId, publishedMs, deleted, version, sharedPostId]);
  return { deleted: (await findDeleted(executor, [postId])).length > 0 };
}

const AUTHOR_POST_DELETED = statement(
  'author_post_deleted',
  `SELECT ${KEY} FROM feed.author_post WHERE post_id = ANY($1) AND deleted`,
);

/** Which of these posts are deleted. */
export function findDeleted(executor: Executor, postIds: readonly bigint[]): Promise<EntryKey[]> {
  return query(executor, AUTHOR_POST_DELETED, [postIds]);
}

/** One range scan over the index (author_id, published_ms desc, post_id desc, shared_post_id). */
export const AUTHOR_POSTS = statement(
  'author_posts',
  `SELECT ${KEY}, published_ms AS "publishedMs" FROM feed.author_post
  WHERE author_id = $1 AND NOT deleted ORDER BY published_ms DESC, post_id DESC LIMIT $2`,
);

/** Newest posts of an author. */
export function listAuthorPosts(executor: Executor, authorId: bigint, limit: number): Promise<Entry[]> {
  return query(executor, AUTHOR_POSTS, [authorId, limit]);
}

const AUTHOR_POST_FILTER = statement(
  'author_post_filter',
  `SELECT ${KEY} FROM feed.author_post WHERE author_id = $1 AND post_id = ANY($2)`,
);

/** Which of these posts are by the author. */
export function filterByAuthor(executor: Executor, authorId: bigint, postIds: readonly bigint[]): Promise<EntryKey[]> {
  return query(executor, AUTHOR_POST_FILTER, [authorId, postIds]);
}

/** Later than every post. */
export const START: Entry = { publishedMs: 2n ** 62n, postId: 2n ** 63n - 1n };

/**
 * The newest posts of several authors after a position. The newest few of each author give a lower bound of the time of
 * the last post wanted. Then one range scan per author reads the posts down to this time. So even with thousands of
 * authors, hardly more is read than is returned.
 */
export const POSTS_OF = statement(
  'author_posts_merged',
  `WITH head AS (
    SELECT p.published_ms FROM unnest($1::bigint[]) AS a(author_id) CROSS JOIN LATERAL (
      SELECT published_ms FROM feed.author_post p
      WHERE p.author_id = a.author_id AND NOT deleted AND (published_ms, post_id) < ($2, $3)
      ORDER BY published_ms DESC, post_id DESC LIMIT $5) p),
  floor AS (SELECT coalesce((SELECT published_ms FROM head ORDER BY published_ms DESC OFFSET $4 - 1 LIMIT 1), 0) AS ms)
  SELECT p.post_id AS "postId", p.published_ms AS "publishedMs", p.shared_post_id AS "sharedPostId"
  FROM floor, unnest($1::bigint[]) AS a(author_id) CROSS JOIN LATERAL (
    SELECT post_id, published_ms, shared_post_id FROM feed.author_post p
    WHERE p.author_id = a.author_id AND NOT deleted AND (published_ms, post_id) < ($2, $3) AND published_ms >= floor.ms
    ORDER BY published_ms DESC, post_id DESC LIMIT $4) p
  ORDER BY 2 DESC, 1 DESC LIMIT $4`,
);

export function listPostsOf(
  executor: Executor,
  authorIds: readonly bigint[],
  after: Entry,
  limit: number,
): Promise<Entry[]> {
  const heads = Math.min(limit, Math.max(3, Math.ceil((2 * limit) / authorIds.length)));
  const values = [authorIds, after.publishedMs, after.postId, limit, heads] as const;
  return query(executor, POSTS_OF, values);
}
