import { type Executor, query, statement } from '@tintype/postgres';
import type { AccountModel } from '#account/account.model.ts';
import { COLUMNS, type Narrowed } from '#account/account.repository.ts';
import { uniqueForm } from '#account/account.rules.ts';
import { FORMER_S } from './username.rules.ts';

const USERNAME_SET = statement(
  'username_set',
  `UPDATE "user".account SET username = $2, username_key = $3, updated_at = now() WHERE id = $1 RETURNING ${COLUMNS}`,
).narrow<Narrowed>();

/** Changes the username of a locked account. @throws unique violation on username_key */
export async function setUsername(tx: Executor, userId: bigint, username: string): Promise<AccountModel> {
  return (await query(tx, USERNAME_SET, [userId, username, uniqueForm(username)]))[0]!;
}

const FORMER_KEEP = statement(
  'former_username_keep',
  `INSERT INTO "user".former_username (username_key, user_id, expires_at)
   VALUES ($1, $2, now() + $3 * interval '1 second')
   ON CONFLICT (username_key) DO UPDATE SET user_id = excluded.user_id, expires_at = excluded.expires_at`,
);

/** Keeps a username that was changed for its owner. It also counts as a change. */
export async function keepFormerUsername(tx: Executor, userId: bigint, username: string): Promise<void> {
  await query(tx, FORMER_KEEP, [uniqueForm(username), userId, FORMER_S]);
}

const FORMER_COUNT = statement(
  'former_username_count',
  'SELECT count(*) AS "total!" FROM "user".former_username WHERE user_id = $1 AND expires_at > now()',
);

export async function countFormerUsernames(tx: Executor, userId: bigint): Promise<number> {
  return Number((await query(tx, FORMER_COUNT, [userId]))[0]!.total);
}

const FORMER_OF_OTHERS = statement(
  'former_username_of_others',
  'SELECT 1 FROM "user".former_username WHERE username_key = $1 AND user_id <> $2 AND expires_at > now()',
);

/** The username is kept for somebody who had it until recently. */
export class UsernameKeptError extends Error {
  override name = 'UsernameKeptError';
}

/**
 * Refuses a username that is kept for somebody else. Call it after the username was taken, in the same transaction:
 * taking it waits for a change that gives it up, so that this sees the result.
 *
 * @throws UsernameKeptError
 */
export async function refuseKept(tx: Executor, username: string, userId: bigint): Promise<void> {
  const kept = await query(tx, FORMER_OF_OTHERS, [uniqueForm(username), userId]);
  if (kept.length > 0) throw new UsernameKeptError('The username is kept for another account.');
}

const FORMER_STALE = statement(
  'former_username_stale',
  `DELETE FROM "user".former_username WHERE username_key IN (
     SELECT username_key FROM "user".former_username WHERE expires_at < now() LIMIT $1) RETURNING 1`,
);

/** Removes expired ones. @returns how many */
export async function deleteStaleUsernames(executor: Executor, limit: number): Promise<number> {
  return (await query(executor, FORMER_STALE, [limit])).length;
}
