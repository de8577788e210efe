import { type Executor, query, statement } from '@tintype/postgres';
import { ACTIVE_DAYS } from './reader.repository.ts';

/** Writes marks. An earlier mark stays. The order by viewer prevents deadlocks between two statements. */
export const MARKING = `ORDER BY viewer_id
  ON CONFLICT (viewer_id) DO UPDATE SET due_at = excluded.due_at WHERE suggestion_dirty.due_at > excluded.due_at`;

/** The viewers in table `r` whose suggestions are kept up to date. */
export const IS_ACTIVE = `r.asked_at > now() - interval '${ACTIVE_DAYS} days'`;

const SUGGESTION_MARK_OWN = statement(
  'suggestion_mark_own',
  `INSERT INTO social_graph.suggestion_dirty (viewer_id, due_at)
  SELECT r.viewer_id, now() + $2::int * interval '1 ms'
  FROM unnest($1::bigint[]) AS changed(id) JOIN social_graph.suggestion_reader r ON r.viewer_id = changed.id
  WHERE ${IS_ACTIVE} ${MARKING}`,
);

/** Marks the active ones among these people, after changes of their own. Each person is given once. */
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
 * Removes the mark of one due viewer whom no other worker holds. A new mark for the viewer waits for the end of the
 * transaction, so the computation in it sees every change that was marked before.
 */
export async function claimDirty(tx: Executor): Promise<bigint | null> {
  const rows = await query(tx, SUGGESTION_CLAIM, []);
  return rows[0]?.viewerId ?? null;
}

const SUGGESTION_POSTPONE = statement(
  'suggestion_postpone',
  `UPDATE social_graph.suggestion_dirty SET due_at = now() + $2::int * interval '1 ms' WHERE viewer_id = $1`,
);

/** Lets other viewers come first, so that a viewer whose computation fails does not block them. */
export async function postpone(executor: Executor, viewerId: bigint, ms: number): Promise<void> {
  await query(executor, SUGGESTION_POSTPONE, [viewerId, ms]);
}
