import { type Executor, query } from '@tintype/postgres';
import type { TrendPost } from './deed.rules.ts';
import { MAX_POST_AGE_MS } from './trend.rules.ts';

/** Those of these posts that everybody may see and that are not too old to be news. */
export async function findTrendPosts(executor: Executor, postIds: readonly bigint[]): Promise<Map<bigint, TrendPost>> {
  const text = `SELECT post_id AS "postId", author_id AS "authorId", hashtags, published_ms AS "publishedMs" FROM search.post
    WHERE post_id = ANY($1) AND counted AND published_ms > $2`;
  const since = Date.now() - MAX_POST_AGE_MS;
  const rows = await query<TrendPost>(executor, 'search_trend_posts', text, [postIds, since]);
  return new Map(rows.map((row) => [row.postId, row]));
}

/** How many of these posts are known at all, seen by everybody or not. */
export async function countKnown(executor: Executor, postIds: readonly bigint[]): Promise<number> {
  const text = 'SELECT count(*)::int AS count FROM search.post WHERE post_id = ANY($1)';
  return (await query<{ count: number }>(executor, 'search_trend_known', text, [postIds]))[0]!.count;
}
