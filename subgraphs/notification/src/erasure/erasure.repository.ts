import { type Executor, query, statementFor } from '@tintype/postgres';

/** Tables with rows of a person, in the order of deletion: destinations come before the deliveries to them. */
const TABLES = {
  push_subscription: 'user_id',
  delivery_setting: 'user_id',
  preference: 'user_id',
  person_language: 'user_id',
  delivery: 'recipient_id',
  activity: 'recipient_id',
  notification: 'recipient_id',
  relationship_change: 'person_id',
} as const;

export type PersonTable = keyof typeof TABLES;
export const PERSON_TABLES = Object.keys(TABLES) as PersonTable[];

const ERASE = statementFor(
  'erasure',
  PERSON_TABLES,
  (table: PersonTable) => `DELETE FROM notification.${table} WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM notification.${table} WHERE ${TABLES[table]} = $1 LIMIT $2)) RETURNING 1`,
);

/** Deletes the next rows of a person, from the start of an index range. The person must be locked. @returns how many */
export async function deleteRows(tx: Executor, table: PersonTable, userId: bigint, limit: number): Promise<number> {
  return (await query(tx, ERASE(table), [userId, limit])).length;
}
