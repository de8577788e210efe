import { type Executor, query, statement } from '@tintype/postgres';

export type OverduePost = { id: bigint; authorId: bigint; attempts: number };

/** One range scan over the index of PROCESSING posts. */
export const CLAIM_OVERDUE = statement(
  'overdue_post_claim',
  `UPDATE post.post p
  SET overdue_attempts = overdue_attempts + 1, overdue_retry_at = now() + $2 * interval '1 millisecond'
  FROM (
    SELECT author_id, id FROM post.post
    WHERE state = 'PROCESSING' AND deleted_at IS NULL AND created_at < now() - $1 * interval '1 millisecond'
      AND coalesce(overdue_retry_at, '-infinity') <= now()
    ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED
  ) AS overdue
  WHERE p.author_id = overdue.author_id AND p.id = overdue.id
  RETURNING p.id, p.author_id AS "authorId", p.overdue_attempts AS attempts`,
);

/**
 * Claims the post that has been PROCESSING longest, for at least `overdueMs`, and counts an attempt. No other process
 * gets the post for `leaseMs`.
 */
export async function claimOverduePost(
  executor: Executor,
  overdueMs: number,
  leaseMs: number,
): Promise<OverduePost | null> {
  const [post] = await query(executor, CLAIM_OVERDUE, [overdueMs, leaseMs]);
  return post ?? null;
}

const OVERDUE_POST_RELEASE = statement(
  'overdue_post_release',
  `UPDATE post.post
   SET overdue_attempts = greatest(overdue_attempts - 1, 0), overdue_retry_at = now() + $3 * interval '1 millisecond'
   WHERE author_id = $1 AND id = $2 AND state = 'PROCESSING'`,
);

/** Takes back an attempt that failed for a reason outside the post. */
export async function releaseOverduePost(
  executor: Executor,
  { authorId, id }: OverduePost,
  retryAfterMs: number,
): Promise<void> {
  await query(executor, OVERDUE_POST_RELEASE, [authorId, id, retryAfterMs]);
}
