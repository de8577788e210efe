import { type Executor, query } from '@tintype/postgres';
import { ACTIVE_DAYS } from './reader.repository.ts';

/** Pauses before a computation, so that many changes are one of them. In milliseconds. */
export type Debounce = {
  /** After a change of the viewer's own. */
  own: number;
  /** After a change of someone they follow; counted from the last computation where that is later. */
  neighbours: number;
};

/** Of a person's followers those that are told of a change: a celebrity's others see it when theirs are a week old. */
const FOLLOWERS_TOLD = 1000;
/** People whose followers are told in one statement: each may have a thousand. */
const FOLLOWED_AT_ONCE = 100;

const MARK = `
  INSERT INTO social_graph.suggestion_dirty (viewer_id, due_at)
  SELECT viewer_id, min(due_at) FROM (
    SELECT r.viewer_id, now() + $3::int * interval '1 ms' AS due_at
    FROM unnest($1::bigint[]) AS changed(id)
    JOIN social_graph.suggestion_reader r ON r.viewer_id = changed.id
    WHERE r.asked_at > now() - interval '${ACTIVE_DAYS} days'
    UNION ALL
    SELECT r.viewer_id, greatest(now(), r.computed_at) + $4::int * interval '1 ms'
    FROM unnest($2::bigint[]) AS changed(id)
    CROSS JOIN LATERAL (
      SELECT follower_id FROM social_graph.follower
      WHERE followee_id = changed.id ORDER BY id DESC LIMIT ${FOLLOWERS_TOLD}) AS told
    JOIN social_graph.suggestion_reader r ON r.viewer_id = told.follower_id
    WHERE r.asked_at > now() - interval '${ACTIVE_DAYS} days') AS due
  GROUP BY viewer_id ORDER BY viewer_id
  ON CONFLICT (viewer_id) DO UPDATE SET due_at = excluded.due_at WHERE suggestion_dirty.due_at > excluded.due_at`;

/**
 * Marks those whose suggestions are no longer what they would be: the people who changed something themselves, and those who
 * follow people whose follows changed. Only who is active; a mark that is there stays and comes no later for it.
 */
export async function markDirty(
  executor: Executor,
  own: readonly bigint[],
  followed: readonly bigint[],
  debounce: Debounce,
): Promise<void> {
  const mark = (some: readonly bigint[], someFollowed: readonly bigint[]) =>
    query(executor, 'suggestion_mark', MARK, [some, someFollowed, debounce.own, debounce.neighbours]);
  await mark(own, followed.slice(0, FOLLOWED_AT_ONCE));
  for (let from = FOLLOWED_AT_ONCE; from < followed.length; from += FOLLOWED_AT_ONCE) {
    await mark([], followed.slice(from, from + FOLLOWED_AT_ONCE));
  }
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
