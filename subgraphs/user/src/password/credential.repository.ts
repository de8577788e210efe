import { type Executor, query, statement } from '@tintype/postgres';
import type { PersonalData } from './password.rules.ts';

const HASH_REPLACE = statement(
  'credential_replace',
  `UPDATE "user".credential SET password_hash = $3, updated_at = now()
   WHERE user_id = $1 AND password_hash = $2 RETURNING user_id`,
);

/** Replaces a hash unless it was replaced by something else in the meantime. @returns whether it was replaced */
export async function replacePasswordHash(
  executor: Executor,
  userId: bigint,
  before: string,
  after: string,
): Promise<boolean> {
  return (await query(executor, HASH_REPLACE, [userId, before, after])).length > 0;
}

const HASH_SET = statement(
  'credential_set',
  `UPDATE "user".credential SET password_hash = $2, updated_at = now() WHERE user_id = $1`,
);

/** Sets the hash of a locked account. */
export async function setPasswordHash(tx: Executor, userId: bigint, hash: string): Promise<void> {
  await query(tx, HASH_SET, [userId, hash]);
}

const PERSONAL_DATA = statement(
  'credential_personal_data',
  `SELECT username, email AS "email!", display_name AS "displayName" FROM "user".account
   WHERE id = $1 AND email IS NOT NULL`,
);

/** What the password of an account must not consist of. @returns null if the account is deleted */
export async function findPersonalData(executor: Executor, userId: bigint): Promise<PersonalData | null> {
  return (await query(executor, PERSONAL_DATA, [userId]))[0] ?? null;
}
