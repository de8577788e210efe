import { type Executor, query, statement } from '@tintype/postgres';

/**
 * The suggestions of people who requested them in these days are kept up to date. Others are computed on their next
 * request.
 */
export const ACTIVE_DAYS = 14;
/**
 * The maximum age of suggestions. Follows become less recent, and not every change in the neighbourhood sets a mark.
 */
const MAX_AGE_DAYS = 7;
const FORGOTTEN_AT_ONCE = 100;

/** Times come from Postgres, so that processes with different clocks agree. */
const IS_FRESH = `asked_at > now() - interval '${ACTIVE_DAYS} days' AND computed_at > now() - interval '${MAX_AGE_DAYS} days'`;

export type ReaderState = 'fresh' | 'fresh, seen long ago' | 'stale';

const SUGGESTION_READER = statement(
  'suggestion_reader',
  `SELECT coalesce(${IS_FRESH}, false) AS "fresh!", asked_at > now() - interval '1 hour' AS recent
   FROM social_graph.suggestion_reader WHERE viewer_id = $1`,
);

/** Whether a viewer's suggestions are kept up to date, and whether this request should be recorded. */
export async function findReader(executor: Executor, viewerId: bigint): Promise<ReaderState> {
  const rows = await query(executor, SUGGESTION_READER, [viewerId]);
  if (!rows[0]?.fresh) return 'stale';
  return rows[0].recent ? 'fresh' : 'fresh, seen long ago';
}

const SUGGESTION_TOUCH = statement(
  'suggestion_touch',
  `UPDATE social_graph.suggestion_reader SET asked_at = now() WHERE viewer_id = $1 AND ${IS_FRESH}`,
);

/** Only viewers who are still active. Others have missed changes, so their suggestions have to be computed first. */
export async function touchReader(executor: Executor, viewerId: bigint): Promise<void> {
  await query(executor, SUGGESTION_TOUCH, [viewerId]);
}

const SUGGESTION_READER_ADD = statement(
  'suggestion_reader_add',
  `INSERT INTO social_graph.suggestion_reader (viewer_id) SELECT $1::bigint
  WHERE NOT EXISTS (SELECT FROM social_graph.person WHERE user_id = $1 AND deleted) ON CONFLICT DO NOTHING`,
);
const SUGGESTION_READER_LOCK = statement(
  'suggestion_reader_lock',
  `SELECT coalesce(${IS_FRESH}, false) AS "fresh!"
  FROM social_graph.suggestion_reader WHERE viewer_id = $1 FOR UPDATE`,
);

/**
 * Locks the viewer's row, and adds it if it is missing. Computations for one viewer therefore run one after another.
 * From here on, events mark the viewer.
 *
 * @returns true if there is nothing to compute: another process has just done so, or the viewer's account is deleted
 */
export async function lockAsking(tx: Executor, viewerId: bigint): Promise<boolean> {
  await query(tx, SUGGESTION_READER_ADD, [viewerId]);
  const [row] = await query(tx, SUGGESTION_READER_LOCK, [viewerId]);
  return row?.fresh ?? true;
}

const SUGGESTION_READER_ACTIVE = statement(
  'suggestion_reader_active',
  `SELECT 1 FROM social_graph.suggestion_reader
  WHERE viewer_id = $1 AND asked_at > now() - interval '${ACTIVE_DAYS} days' FOR UPDATE`,
);

/** @returns whether the viewer's suggestions are still kept up to date */
export async function lockActive(tx: Executor, viewerId: bigint): Promise<boolean> {
  return (await query(tx, SUGGESTION_READER_ACTIVE, [viewerId])).length > 0;
}

const SUGGESTION_COMPUTED = statement(
  'suggestion_computed',
  `UPDATE social_graph.suggestion_reader
  SET computed_at = clock_timestamp(), asked_at = CASE WHEN $2 THEN now() ELSE asked_at END WHERE viewer_id = $1`,
);

/** @param asked true for a request of the viewer, false for a worker */
export async function markComputed(tx: Executor, viewerId: bigint, asked: boolean): Promise<void> {
  await query(tx, SUGGESTION_COMPUTED, [viewerId, asked]);
}

const SUGGESTION_FORGET = statement(
  'suggestion_forget',
  `WITH gone AS (
     DELETE FROM social_graph.suggestion_reader WHERE viewer_id IN (
       SELECT viewer_id FROM social_graph.suggestion_reader
       WHERE asked_at < now() - interval '${2 * ACTIVE_DAYS} days'
       ORDER BY asked_at LIMIT ${FORGOTTEN_AT_ONCE} FOR UPDATE SKIP LOCKED)
     RETURNING viewer_id),
   cleared AS (DELETE FROM social_graph.suggestion s USING gone WHERE s.viewer_id = gone.viewer_id)
   SELECT count(*)::int AS "count!" FROM gone`,
);

/**
 * Removes the suggestions of people who no longer ask for them, a hundred people at a time. @returns how many people
 */
export async function forgetInactive(executor: Executor): Promise<number> {
  const [row] = await query(executor, SUGGESTION_FORGET, []);
  return row!.count;
}
