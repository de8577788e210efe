import { type Executor, query, statement } from '@tintype/postgres';
import { ACTIVE_DAYS } from './reader.repository.ts';

/** How marks are written: an earlier mark stays. In the order of viewers, so that two statements cannot deadlock. */
export const MARKING = `ORDER BY viewer_id
  ON CONFLICT (viewer_id) DO UPDATE SET due_at = excluded.due_at WHERE suggestion_dirty.due_at > excluded.due_at`;

/** Whose suggestions are kept up to date, of the table `r`. */
export const IS_ACTIVE = `r.asked_at > now() - interval '${ACTIVE_DAYS} days'`;

const SUGGESTION_MARK_OWN = statement(
  'suggestion_mark_own',
  `INSERT INTO social_graph.suggestion_dirty (viewer_id, due_at)
  SELECT r.viewer_id, now() + $2::int * interval '1 ms'
  FROM unnest($1::bigint[]) AS changed(id) JOIN social_graph.suggestion_reader r ON r.viewer_id = changed.id
  WHERE ${IS_ACTIVE} ${MARKING}`,
);

/** Marks those of these people, each named once, who are active: their own doings changed what they may be suggested. */
export async function markOwn(executor: Executor, people: readonly bigint[], pauseMs: number): Promise<void> {
  await query(executor, SUGGESTION_MARK_OWN, [people, pauseMs]);
}

const SUGGESTION_CLAIM = statement(
  'suggestion_claim',
  `DELETE FROM social_graph.suggestion_dirty WHERE viewer_id = (
     SELECT viewer_id FROM social_graph.suggestion_dirty
     WHERE due_at <= now() ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
   RETURNING viewer_id AS "viewerId"`,
);

/**
 * Takes out the mark of one viewer who is due, whom no other worker holds. Whoever marks the viewer now waits for the end of the
 * transaction, and what is computed in it afterwards sees everything that was marked before.
 */
export async function claimDirty(tx: Executor): Promise<bigint | null> {
  const rows = await query(tx, SUGGESTION_CLAIM, []);
  return rows[0]?.viewerId ?? null;
}

const SUGGESTION_POSTPONE = statement(
  'suggestion_postpone',
  `UPDATE social_graph.suggestion_dirty SET due_at = now() + $2::int * interval '1 ms' WHERE viewer_id = $1`,
);

/** Lets others come first: a viewer whose computation fails must not hold them up. */
export async function postpone(executor: Executor, viewerId: bigint, ms: number): Promise<void> {
  await query(executor, SUGGESTION_POSTPONE, [viewerId, ms]);
}
