import { type Executor, query } from '@tintype/postgres';
import type { AccountVisibility } from './account.model.ts';

const COLUMNS = 'state, is_private AS "isPrivate", visibility_version AS "visibilityVersion"';

export async function findVisibility(executor: Executor, id: bigint): Promise<AccountVisibility | null> {
  const text = `SELECT ${COLUMNS} FROM "user".account WHERE id = $1`;
  return (await query<AccountVisibility>(executor, 'visibility_find', text, [id]))[0] ?? null;
}

/** The same, locked: whoever else opens, closes or edits the account waits. */
export async function lockVisibility(tx: Executor, id: bigint): Promise<AccountVisibility | null> {
  const text = `SELECT ${COLUMNS} FROM "user".account WHERE id = $1 FOR UPDATE`;
  return (await query<AccountVisibility>(tx, 'visibility_lock', text, [id]))[0] ?? null;
}

/** Makes the version at least this high, so that a change which expects an older one is not committed any more. */
export async function raiseVersion(executor: Executor, id: bigint, version: bigint): Promise<AccountVisibility | null> {
  const text = `UPDATE "user".account SET visibility_version = greatest(visibility_version, $2) WHERE id = $1
    RETURNING ${COLUMNS}`;
  return (await query<AccountVisibility>(executor, 'visibility_raise', text, [id, version]))[0] ?? null;
}
