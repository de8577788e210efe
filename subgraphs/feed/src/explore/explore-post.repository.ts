import { type Executor, query, statement } from '@tintype/postgres';

export type ExplorePost = { postId: bigint; authorId: bigint; publishedMs: bigint };

const EXPLORE_POSTS = statement(
  'explore_posts',
  `SELECT post_id AS "postId", author_id AS "authorId", published_ms AS "publishedMs" FROM feed.author_post
  WHERE post_id = ANY($1) AND NOT deleted AND shared_post_id IS NULL`,
);

/** The posts of this list that exist. */
export async function findPosts(executor: Executor, postIds: readonly bigint[]): Promise<Map<bigint, ExplorePost>> {
  const rows = await query(executor, EXPLORE_POSTS, [postIds]);
  return new Map(rows.map((row) => [row.postId, row]));
}

const EXPLORE_HASHTAGS = statement(
  'explore_hashtags',
  `SELECT key, count(*)::int AS "count!" FROM feed.hashtag_post WHERE post_id = ANY($1) AND NOT deleted GROUP BY key`,
);

/** How many of these posts have each hashtag. */
export async function countHashtags(executor: Executor, postIds: readonly bigint[]): Promise<Map<string, number>> {
  const rows = await query(executor, EXPLORE_HASHTAGS, [postIds]);
  return new Map(rows.map(({ key, count }) => [key, count]));
}

/** One range scan for each hashtag. */
export const NEWEST_OF_HASHTAGS = statement(
  'explore_newest_of_hashtags',
  `SELECT asked.key AS "key!", found.post_id AS "postId" FROM unnest($1::text[]) AS asked(key)
  CROSS JOIN LATERAL (SELECT post_id FROM feed.hashtag_post
    WHERE key = asked.key AND NOT deleted ORDER BY published_ms DESC, post_id DESC LIMIT $2) AS found`,
);

/** The newest posts with each of these hashtags. */
export function listNewestOf(
  executor: Executor,
  keys: readonly string[],
  ofEach: number,
): Promise<{ key: string; postId: bigint }[]> {
  return query(executor, NEWEST_OF_HASHTAGS, [keys, ofEach]);
}
