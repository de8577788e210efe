import type { Language } from '@tintype/language';
import { type Executor, query, statement } from '@tintype/postgres';

const LANGUAGE_FIND = statement(
  'account_language_find',
  `SELECT language FROM "user".account WHERE id = $1 AND state = 'ACTIVE'`,
);

/** The stored tag, perhaps of a language that the platform has no longer. @returns null without an active account */
export async function findStoredLanguage(executor: Executor, userId: bigint): Promise<string | null> {
  return (await query(executor, LANGUAGE_FIND, [userId]))[0]?.language ?? null;
}

const LANGUAGE_LOCK = statement(
  'account_language_lock',
  `SELECT language FROM "user".account WHERE id = $1 AND state = 'ACTIVE' FOR UPDATE`,
);

/** The same, with the account locked. */
export async function lockStoredLanguage(tx: Executor, userId: bigint): Promise<string | null> {
  return (await query(tx, LANGUAGE_LOCK, [userId]))[0]?.language ?? null;
}

const LANGUAGE_SET = statement(
  'account_language_set',
  'UPDATE "user".account SET language = $2, updated_at = now() WHERE id = $1',
);

/** The account must be locked. */
export async function setLanguage(tx: Executor, userId: bigint, language: Language): Promise<void> {
  await query(tx, LANGUAGE_SET, [userId, language]);
}
