import { type Executor, query } from '@tintype/postgres';

export type ExplorePost = { postId: bigint; authorId: bigint; publishedMs: bigint };

/** Those of these posts that are there. */
export async function findPosts(executor: Executor, postIds: readonly bigint[]): Promise<Map<bigint, ExplorePost>> {
  const text = `SELECT post_id AS "postId", author_id AS "authorId", published_ms AS "publishedMs" FROM feed.author_post
    WHERE post_id = ANY($1) AND NOT deleted AND shared_post_id IS NULL`;
  const rows = await query<ExplorePost>(executor, 'explore_posts', text, [postIds]);
  return new Map(rows.map((row) => [row.postId, row]));
}

/** How often each hashtag is on these posts. */
export async function countHashtags(executor: Executor, postIds: readonly bigint[]): Promise<Map<string, number>> {
  const text = `SELECT key, count(*)::int AS count FROM feed.hashtag_post WHERE post_id = ANY($1) AND NOT deleted GROUP BY key`;
  const rows = await query<{ key: string; count: number }>(executor, 'explore_hashtags', text, [postIds]);
  return new Map(rows.map(({ key, count }) => [key, count]));
}

/** Of each hashtag one range scan of the newest. */
export const NEWEST_OF_HASHTAGS = `SELECT asked.key, found.post_id AS "postId" FROM unnest($1::text[]) AS asked(key)
  CROSS JOIN LATERAL (SELECT post_id FROM feed.hashtag_post
    WHERE key = asked.key AND NOT deleted ORDER BY published_ms DESC, post_id DESC LIMIT $2) AS found`;

/** The newest posts with each of these hashtags. */
export function listNewestOf(
  executor: Executor,
  keys: readonly string[],
  ofEach: number,
): Promise<{ key: string; postId: bigint }[]> {
  return query(executor, 'explore_newest_of_hashtags', NEWEST_OF_HASHTAGS, [keys, ofEach]);
}
