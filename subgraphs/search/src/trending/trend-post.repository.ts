import { type Executor, query, statement } from '@tintype/postgres';
import type { TrendPost } from './interaction.rules.ts';
import { MAX_POST_AGE_MS } from './trend.rules.ts';

const SEARCH_TREND_POSTS = statement(
  'search_trend_posts',
  `SELECT post_id AS "postId", author_id AS "authorId", hashtags AS "hashtags!", published_ms AS "publishedMs" FROM search.post
  WHERE post_id = ANY($1) AND counted AND published_ms > $2`,
);

/** Those of these posts that are public and recent enough to trend. */
export async function findTrendPosts(executor: Executor, postIds: readonly bigint[]): Promise<Map<bigint, TrendPost>> {
  const since = Date.now() - MAX_POST_AGE_MS;
  const rows = await query(executor, SEARCH_TREND_POSTS, [postIds, since]);
  return new Map(rows.map((row) => [row.postId, row]));
}

const SEARCH_TREND_KNOWN = statement(
  'search_trend_known',
  'SELECT count(*)::int AS "count!" FROM search.post WHERE post_id = ANY($1)',
);

/** How many of these posts the projection has, public or not. */
export async function countKnown(executor: Executor, postIds: readonly bigint[]): Promise<number> {
  return (await query(executor, SEARCH_TREND_KNOWN, [postIds]))[0]!.count;
}
