import { type Executor, query, statement } from '@tintype/postgres';

const PIN_LOCK = statement('pin_lock', 'SELECT pg_advisory_xact_lock(hashtextextended($1, 2))');
const PIN_COUNT = statement(
  'pin_count',
  `SELECT count(*)::int AS "count!" FROM post.post
   WHERE author_id = $1 AND pinned_at IS NOT NULL AND deleted_at IS NULL AND restriction <> 'REMOVED'
     AND id <> $2`,
);

/** Counts the other pinned posts of an author. Until the transaction ends, the author can pin no other. */
export async function countOtherPins(tx: Executor, authorId: bigint, postId: bigint): Promise<number> {
  await query(tx, PIN_LOCK, [`pinned posts ${authorId}`]);
  return (await query(tx, PIN_COUNT, [authorId, postId]))[0]!.count;
}

const PIN_SET = statement(
  'pin_set',
  `UPDATE post.post SET pinned_at = CASE WHEN $3 THEN coalesce(pinned_at, clock_timestamp()) END
   WHERE author_id = $1 AND id = $2 AND state = 'PUBLISHED' AND deleted_at IS NULL RETURNING id`,
);

/** @returns whether the author has such a published post */
export async function setPinned(tx: Executor, authorId: bigint, postId: bigint, pinned: boolean): Promise<boolean> {
  return (await query(tx, PIN_SET, [authorId, postId, pinned])).length > 0;
}

/** For each author one range scan over the index (author_id, pinned_at desc) of pinned posts. */
export const LIST_PINNED = statement(
  'pin_list',
  `SELECT author.id AS "authorId!", pinned.id AS "id!" FROM unnest($1::bigint[]) AS author(id)
   CROSS JOIN LATERAL (
     SELECT id, pinned_at FROM post.post
     WHERE author_id = author.id AND pinned_at IS NOT NULL AND deleted_at IS NULL AND restriction <> 'REMOVED'
     ORDER BY pinned_at DESC LIMIT $2) AS pinned
   ORDER BY pinned.pinned_at DESC`,
);

/** The pinned posts of authors, pinned last first. */
export function listPinned(
  executor: Executor,
  authorIds: readonly bigint[],
  limit: number,
): Promise<{ authorId: bigint; id: bigint }[]> {
  return query(executor, LIST_PINNED, [authorIds, limit]);
}
