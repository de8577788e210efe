import { type Executor, query, statement } from '@tintype/postgres';

export type OverduePost = { id: bigint; authorId: bigint; tries: number };

/** One range scan over the index of posts that are PROCESSING. */
export const CLAIM_OVERDUE = statement(
  'post_overdue_claim',
  `UPDATE post.post p
  SET overdue_tries = overdue_tries + 1, overdue_at = now() + $2 * interval '1 millisecond'
  FROM (
    SELECT author_id, id FROM post.post
    WHERE state = 'PROCESSING' AND deleted_at IS NULL AND created_at < now() - $1 * interval '1 millisecond'
      AND coalesce(overdue_at, '-infinity') <= now()
    ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED
  ) AS due
  WHERE p.author_id = due.author_id AND p.id = due.id
  RETURNING p.id, p.author_id AS "authorId", p.overdue_tries AS tries`,
);

/**
 * The post that has been PROCESSING longest, for at least `overdueMs`, and counts one more try of it. No other process gets it for `leaseMs`.
 */
export async function claimOverdue(
  executor: Executor,
  overdueMs: number,
  leaseMs: number,
): Promise<OverduePost | null> {
  const [post] = await query(executor, CLAIM_OVERDUE, [overdueMs, leaseMs]);
  return post ?? null;
}

const POST_OVERDUE_RETURN = statement(
  'post_overdue_return',
  `UPDATE post.post SET overdue_tries = greatest(overdue_tries - 1, 0), overdue_at = now() + $3 * interval '1 millisecond'
   WHERE author_id = $1 AND id = $2 AND state = 'PROCESSING'`,
);

/** Takes the count of a try back that said nothing about the post. */
export async function returnOverdue(executor: Executor, { authorId, id }: OverduePost, afterMs: number): Promise<void> {
  await query(executor, POST_OVERDUE_RETURN, [authorId, id, afterMs]);
}
