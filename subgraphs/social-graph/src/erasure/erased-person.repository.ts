import { type Executor, query, statement, statementFor } from '@tintype/postgres';

const PERSON_MARK_DELETED = statement(
  'person_mark_deleted',
  `INSERT INTO social_graph.person (user_id, is_private, deleted) VALUES ($1, true, true)
  ON CONFLICT (user_id) DO UPDATE SET deleted = true WHERE NOT person.deleted`,
);

/**
 * Marks a person as deleted. Every write between two people locks both rows first. A later write therefore finds the
 * person deleted, and an earlier one is there for the next steps to remove.
 */
export async function markDeleted(executor: Executor, userId: bigint): Promise<void> {
  await query(executor, PERSON_MARK_DELETED, [userId]);
}

/**
 * At most 200 suggestions and 1,000 dismissals per person. The order is that in which the workers lock these rows, so
 * that there are no deadlocks.
 */
const OWNER_COLUMN = {
  suggestion_change: 'person_id',
  suggestion_dirty: 'viewer_id',
  suggestion_reader: 'viewer_id',
  suggestion: 'viewer_id',
  suggestion_dismissal: 'viewer_id',
} as const;
type Table = keyof typeof OWNER_COLUMN;

const TABLES = Object.keys(OWNER_COLUMN) as Table[];
const ERASE = statementFor(
  'erase',
  TABLES,
  (table: Table) => `DELETE FROM social_graph.${table} WHERE ${OWNER_COLUMN[table]} = $1`,
);

/** Removes the suggestions of a person and their dismissals. */
export async function removeSuggestions(tx: Executor, userId: bigint): Promise<void> {
  for (const table of TABLES) await query(tx, ERASE(table), [userId]);
}
