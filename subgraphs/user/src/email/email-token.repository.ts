import { type Executor, query, statement } from '@tintype/postgres';
import { COUNTED_S, type EmailTokenPurpose, VALID_S } from './email-token.rules.ts';

/**
 * The time of the statement. `now()` is that of the transaction, which may have begun before another one used the token
 * up. In the precision of the column, which would round it up.
 */
const NOW = "date_trunc('milliseconds', clock_timestamp())";

const TOKEN_ADD = statement(
  'email_token_add',
  `INSERT INTO "user".email_token AS t (hash, user_id, purpose, email, expires_at)
   VALUES ($1, $2, $3, $4, now() + $5 * interval '1 second')
   ON CONFLICT (hash) DO UPDATE SET expires_at = excluded.expires_at WHERE t.expires_at > ${NOW} RETURNING user_id`,
);

/**
 * Stores the hash of a token that is about to be sent to an address of a locked account, perhaps again.
 *
 * @returns false if it was sent before and has been used
 */
export async function addEmailToken(
  tx: Executor,
  token: { hash: Uint8Array; userId: bigint; purpose: EmailTokenPurpose; email: string },
): Promise<boolean> {
  const { hash, userId, purpose, email } = token;
  return (await query(tx, TOKEN_ADD, [hash, userId, purpose, email, VALID_S[purpose]])).length > 0;
}

const TOKEN_FIND = statement(
  'email_token_find',
  `SELECT user_id AS "userId", email FROM "user".email_token WHERE hash = $1 AND purpose = $2 AND expires_at > ${NOW}`,
);

/** @returns the account and the address that a token is for; null if it is unknown, used or expired */
export async function findEmailToken(
  executor: Executor,
  hash: Uint8Array,
  purpose: EmailTokenPurpose,
): Promise<{ userId: bigint; email: string } | null> {
  return (await query(executor, TOKEN_FIND, [hash, purpose]))[0] ?? null;
}

const TOKEN_TAKE = statement(
  'email_token_take',
  `UPDATE "user".email_token SET expires_at = ${NOW} WHERE hash = $1 AND purpose = $2 AND expires_at > ${NOW}
   RETURNING user_id`,
);

/** Uses a token up. Of two concurrent uses, one succeeds. @returns whether this one did */
export async function takeEmailToken(tx: Executor, hash: Uint8Array, purpose: EmailTokenPurpose): Promise<boolean> {
  return (await query(tx, TOKEN_TAKE, [hash, purpose])).length > 0;
}

const TOKENS_EXPIRE = statement(
  'email_tokens_expire',
  `UPDATE "user".email_token SET expires_at = ${NOW} WHERE user_id = $1 AND purpose = $2 AND expires_at > ${NOW}`,
);

/** Makes all links of an account for this purpose useless. They still count for the limit of mails. */
export async function expireEmailTokens(tx: Executor, userId: bigint, purpose: EmailTokenPurpose): Promise<void> {
  await query(tx, TOKENS_EXPIRE, [userId, purpose]);
}

const TOKENS_ERASE = statement('email_tokens_erase', 'DELETE FROM "user".email_token WHERE user_id = $1');

/** For a deleted account. */
export async function eraseEmailTokens(tx: Executor, userId: bigint): Promise<void> {
  await query(tx, TOKENS_ERASE, [userId]);
}

const RECENT = statement(
  'email_tokens_recent',
  `SELECT (SELECT count(*) FROM "user".email_token
           WHERE user_id = $1 AND purpose = $2 AND created_at > now() - $3 * interval '1 second' AND hash <> $4)
        + (SELECT count(*) FROM "user".account_mail WHERE user_id = $1 AND kind = $2 AND attempts = 0) AS "total!"`,
);

/**
 * Mails with links of this purpose that an account got lately, or is about to get.
 *
 * @param hash of a token that does not count
 */
export async function countRecentMails(
  executor: Executor,
  userId: bigint,
  purpose: EmailTokenPurpose,
  hash: Uint8Array = NO_HASH,
): Promise<number> {
  const [row] = await query(executor, RECENT, [userId, purpose, COUNTED_S[purpose], hash]);
  return Number(row!.total);
}
const NO_HASH = new Uint8Array();

const TOKENS_STALE = statement(
  'email_tokens_stale',
  `DELETE FROM "user".email_token WHERE hash IN (
     SELECT hash FROM "user".email_token WHERE expires_at < now() - interval '1 hour' LIMIT $1) RETURNING 1`,
);

/** Removes expired tokens that no longer count either. @returns how many */
export async function deleteStaleTokens(executor: Executor, limit: number): Promise<number> {
  return (await query(executor, TOKENS_STALE, [limit])).length;
}
