import { type Executor, query, statement } from '@tintype/postgres';
import type { AccountVisibility } from './account.model.ts';

const COLUMNS = 'state, is_private AS "isPrivate", visibility_version AS "visibilityVersion"';

const VISIBILITY_FIND = statement('visibility_find', `SELECT ${COLUMNS} FROM "user".account WHERE id = $1`).narrow<
  Pick<AccountVisibility, 'state'>
>();

export async function findVisibility(executor: Executor, id: bigint): Promise<AccountVisibility | null> {
  return (await query(executor, VISIBILITY_FIND, [id]))[0] ?? null;
}

const VISIBILITY_LOCK = statement(
  'visibility_lock',
  `SELECT ${COLUMNS} FROM "user".account WHERE id = $1 FOR UPDATE`,
).narrow<Pick<AccountVisibility, 'state'>>();

/** The same, locked: other changes of the account wait. */
export async function lockVisibility(tx: Executor, id: bigint): Promise<AccountVisibility | null> {
  return (await query(tx, VISIBILITY_LOCK, [id]))[0] ?? null;
}

const VISIBILITY_RAISE = statement(
  'visibility_raise',
  `UPDATE "user".account SET visibility_version = greatest(visibility_version, $2) WHERE id = $1
  RETURNING ${COLUMNS}`,
).narrow<Pick<AccountVisibility, 'state'>>();

/**
 * Raises the version to at least this one, so that a change which expects an older version can no longer be committed.
 */
export async function raiseVersion(executor: Executor, id: bigint, version: bigint): Promise<AccountVisibility | null> {
  return (await query(executor, VISIBILITY_RAISE, [id, version]))[0] ?? null;
}
