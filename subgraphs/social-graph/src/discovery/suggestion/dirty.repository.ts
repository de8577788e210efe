import { type Executor, query } from '@tintype/postgres';
import { ACTIVE_DAYS } from './reader.repository.ts';

/** How marks are written: an earlier mark stays. In the order of viewers, so that two statements cannot deadlock. */
export const MARKING = `ORDER BY viewer_id
  ON CONFLICT (viewer_id) DO UPDATE SET due_at = excluded.due_at WHERE suggestion_dirty.due_at > excluded.due_at`;

/** Whose suggestions are kept up to date, of the table `r`. */
export const IS_ACTIVE = `r.asked_at > now() - interval '${ACTIVE_DAYS} days'`;

/** Marks those of these people, each named once, who are active: their own doings changed what they may be suggested. */
export async function markOwn(executor: Executor, people: readonly bigint[], pauseMs: number): Promise<void> {
  const text = `INSERT INTO social_graph.suggestion_dirty (viewer_id, due_at)
    SELECT r.viewer_id, now() + $2::int * interval '1 ms'
    FROM unnest($1::bigint[]) AS changed(id) JOIN social_graph.suggestion_reader r ON r.viewer_id = changed.id
    WHERE ${IS_ACTIVE} ${MARKING}`;
  await query(executor, 'suggestion_mark_own', text, [people, pauseMs]);
}

/**
 * Takes out the mark of one viewer who is due, whom no other worker holds. Whoever marks the viewer now waits for the end of the
 * transaction, and what is computed in it afterwards sees everything that was marked before.
 */
export async function claimDirty(tx: Executor): Promise<bigint | null> {
  const rows = await query<{ viewerId: bigint }>(
    tx,
    'suggestion_claim',
    `DELETE FROM social_graph.suggestion_dirty WHERE viewer_id = (
       SELECT viewer_id FROM social_graph.suggestion_dirty
       WHERE due_at <= now() ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING viewer_id AS "viewerId"`,
    [],
  );
  return rows[0]?.viewerId ?? null;
}

/** Lets others come first: a viewer whose computation fails must not hold them up. */
export async function postpone(executor: Executor, viewerId: bigint, ms: number): Promise<void> {
  const text = `UPDATE social_graph.suggestion_dirty SET due_at = now() + $2::int * interval '1 ms' WHERE viewer_id = $1`;
  await query(executor, 'suggestion_postpone', text, [viewerId, ms]);
}
