import { type Executor, query, statementFor } from '@tintype/postgres';

/** What is kept of a person, in the order in which it goes: places to send to before what would be sent there. */
const TABLES = {
  push_subscription: 'user_id',
  delivery_setting: 'user_id',
  preference: 'user_id',
  delivery: 'recipient_id',
  cause: 'recipient_id',
  notification: 'recipient_id',
  relation_word: 'owner_id',
} as const;

export type OwnTable = keyof typeof TABLES;
export const OWN_TABLES = Object.keys(TABLES) as OwnTable[];

const ERASE = statementFor(
  'erasure',
  OWN_TABLES,
  (table: OwnTable) => `DELETE FROM notification.${table} WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM notification.${table} WHERE ${TABLES[table]} = $1 LIMIT $2)) RETURNING 1`,
);

/** Removes the next rows of a person: the start of a range of a key or an index. The person must be locked. @returns how many */
export async function deleteRows(tx: Executor, table: OwnTable, userId: bigint, limit: number): Promise<number> {
  return (await query(tx, ERASE(table), [userId, limit])).length;
}
