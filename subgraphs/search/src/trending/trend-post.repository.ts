import { type Executor, query, statement } from '@tintype/postgres';
import { STUB_VERSION } from '#projection/account.repository.ts';
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
  `SELECT count(*)::int AS "count!" FROM search.post p WHERE post_id = ANY($1)
     AND (counted OR deleted OR published_ms NOT BETWEEN $3 AND $4
       OR EXISTS (SELECT FROM search.account a WHERE a.user_id = p.author_id AND a.version > $2))`,
);

/** If an author's account is not known after this time, it never will be. Clocks may differ by as much. */
const AUTHOR_WAIT_MS = 30_000;

/** Of how many of these posts the projection tells whether they are public: it has them, and their authors. */
export async function countKnown(executor: Executor, postIds: readonly bigint[]): Promise<number> {
  const now = Date.now();
  const values = [postIds, STUB_VERSION, now - AUTHOR_WAIT_MS, now + AUTHOR_WAIT_MS] as const;
  return (await query(executor, SEARCH_TREND_KNOWN, values))[0]!.count;
}
