import { type Executor, query, statement } from '@tintype/postgres';

/** An account or post whose counts are due, with the number of its changes at the time of reading. */
export type DueCount = { id: bigint; touches: bigint };
export type PostCounts = DueCount & { likeCount: number; commentCount: number; shareCount: number };
/** `followerCount` is null for hidden accounts: the stored count stays until they are visible again. */
export type AccountCounts = DueCount & { followerCount: number | null };

const RECENT_DAYS = 30;

const SEARCH_POST_DUE = statement(
  'search_post_due',
  `SELECT post_id AS id, touches FROM search.post WHERE count_due <= now() ORDER BY count_due LIMIT $1`,
);

export function listDuePosts(executor: Executor, first: number): Promise<DueCount[]> {
  return query(executor, SEARCH_POST_DUE, [first]);
}

const SEARCH_ACCOUNT_DUE = statement(
  'search_account_due',
  `SELECT user_id AS id, touches FROM search.account WHERE count_due <= now() ORDER BY count_due LIMIT $1`,
);

export function listDueAccounts(executor: Executor, first: number): Promise<DueCount[]> {
  return query(executor, SEARCH_ACCOUNT_DUE, [first]);
}

const SEARCH_POST_COUNTS = statement(
  'search_post_counts',
  `WITH n AS (
     SELECT n.*, p.author_id, (p.like_count, p.comment_count, p.share_count) IS DISTINCT FROM (n.likes, n.comments, n.shares) AS changed
     FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::int[], $5::int[]) AS n(id, touches, likes, comments, shares)
     JOIN search.post p ON p.post_id = n.id ORDER BY n.id FOR NO KEY UPDATE OF p
   )
   UPDATE search.post p SET like_count = n.likes, comment_count = n.comments, share_count = n.shares, dirty = p.dirty OR n.changed,
     count_due = CASE WHEN p.touches = n.touches THEN NULL ELSE now() + $6 * interval '1 ms' END
   FROM n WHERE p.post_id = n.id RETURNING n.author_id AS "authorId", n.changed AS "changed!"`,
);

/**
 * If something changed while the counts were requested, they are requested again. @returns authors of the posts whose
 * counts changed
 */
export async function setPostCounts(tx: Executor, counts: readonly PostCounts[], delayMs: number): Promise<bigint[]> {
  const rows = await query(tx, SEARCH_POST_COUNTS, [
    counts.map(({ id }) => id),
    counts.map(({ touches }) => touches),
    counts.map(({ likeCount }) => likeCount),
    counts.map(({ commentCount }) => commentCount),
    counts.map(({ shareCount }) => shareCount),
    delayMs,
  ]);
  return [...new Set(rows.filter(({ changed }) => changed).map(({ authorId }) => authorId))];
}

const SEARCH_ACCOUNT_COUNTS = statement(
  'search_account_counts',
  `WITH n AS (
     SELECT n.id, n.touches, coalesce(n.followers, a.follower_count) AS followers, c.posts, c.recent
     FROM unnest($1::bigint[], $2::bigint[], $3?::int[]) AS n(id, touches, followers)
     JOIN search.account a ON a.user_id = n.id
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS posts, coalesce(sum(like_count + 2 * comment_count + 3 * share_count)
         FILTER (WHERE published_ms > extract(epoch FROM now()) * 1000 - $5::bigint * 86400000), 0)::bigint AS recent
       FROM search.post p WHERE p.author_id = n.id AND NOT p.deleted
     ) c ORDER BY n.id FOR NO KEY UPDATE OF a
   )
   UPDATE search.account a SET follower_count = n.followers, post_count = n.posts, recent_engagement = n.recent,
     dirty = a.dirty OR (a.follower_count, a.post_count, a.recent_engagement) IS DISTINCT FROM (n.followers, n.posts, n.recent),
     count_due = CASE WHEN a.touches <> n.touches THEN now() + $4 * interval '1 ms' WHEN n.recent > 0 THEN now() + interval '1 day' END
   FROM n WHERE a.user_id = n.id`,
);

/**
 * Followers as reported by their owner, and the known posts and engagement of the last 30 days. No event says that a
 * post has become older than that. So authors with engagement are checked again a day later.
 */
export async function setAccountCounts(tx: Executor, counts: readonly AccountCounts[], delayMs: number): Promise<void> {
  await query(tx, SEARCH_ACCOUNT_COUNTS, [
    counts.map(({ id }) => id),
    counts.map(({ touches }) => touches),
    counts.map(({ followerCount }) => followerCount),
    delayMs,
    RECENT_DAYS,
  ]);
}
