import { type Executor, query, statement, statementFor } from '@tintype/postgres';

const PERSON_GONE = statement(
  'person_gone',
  `INSERT INTO social_graph.person (user_id, is_private, deleted) VALUES ($1, true, true)
  ON CONFLICT (user_id) DO UPDATE SET deleted = true WHERE NOT person.deleted`,
);

/**
 * Marks someone as gone for good. Whoever writes something between two people locks both first and sees it: what comes later finds
 * nobody, and what came before is there to be removed.
 */
export async function markGone(executor: Executor, userId: bigint): Promise<void> {
  await query(executor, PERSON_GONE, [userId]);
}

/**
 * Bounded for each person: at most 200 suggestions and 1,000 dismissals. In the order in which workers lock these rows: one a change and
 * then marks, another a mark and then its reader.
 */
const OWN = {
  suggestion_change: 'person_id',
  suggestion_dirty: 'viewer_id',
  suggestion_reader: 'viewer_id',
  suggestion: 'viewer_id',
  suggestion_dismissal: 'viewer_id',
} as const;
type Table = keyof typeof OWN;

const TABLES = Object.keys(OWN) as Table[];
const ERASE = statementFor(
  'erase',
  TABLES,
  (table: Table) => `DELETE FROM social_graph.${table} WHERE ${OWN[table]} = $1`,
);

/** Removes what a person was suggested, and what they did not want to be. */
export async function removeSuggestions(tx: Executor, userId: bigint): Promise<void> {
  for (const table of TABLES) await query(tx, ERASE(table), [userId]);
}
