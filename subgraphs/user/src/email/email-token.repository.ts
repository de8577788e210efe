import { type Executor, query, statement } from '@tintype/postgres';
import { type EmailTokenPurpose, VALID_S } from './email-token.rules.ts';

const TOKEN_ADD = statement(
  'email_token_add',
  `INSERT INTO "user".email_token (hash, user_id, purpose, email, expires_at)
   VALUES ($1, $2, $3, $4, now() + $5 * interval '1 second')`,
);

/** Stores the hash of a token that is about to be sent to an address of a locked account. */
export async function addEmailToken(
  tx: Executor,
  token: { hash: Uint8Array; userId: bigint; purpose: EmailTokenPurpose; email: string },
): Promise<void> {
  const { hash, userId, purpose, email } = token;
  await query(tx, TOKEN_ADD, [hash, userId, purpose, email, VALID_S[purpose]]);
}

const TOKEN_FIND = statement(
  'email_token_find',
  `SELECT user_id AS "userId", email FROM "user".email_token WHERE hash = $1 AND purpose = $2 AND expires_at > now()`,
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
  'DELETE FROM "user".email_token WHERE hash = $1 AND purpose = $2 AND expires_at > now() RETURNING user_id',
);

/** Uses a token up. Of two concurrent uses, one succeeds. @returns whether this one did */
export async function takeEmailToken(tx: Executor, hash: Uint8Array, purpose: EmailTokenPurpose): Promise<boolean> {
  return (await query(tx, TOKEN_TAKE, [hash, purpose])).length > 0;
}

const TOKENS_REMOVE = statement(
  'email_tokens_remove',
  'DELETE FROM "user".email_token WHERE user_id = $1 AND purpose = ANY($2)',
);

/** Makes all links of an account for these purposes useless. */
export async function removeEmailTokens(tx: Executor, userId: bigint, ...purposes: EmailTokenPurpose[]): Promise<void> {
  await query(tx, TOKENS_REMOVE, [userId, purposes]);
}

const RECENT = statement(
  'email_tokens_recent',
  `SELECT (SELECT count(*) FROM "user".email_token
           WHERE user_id = $1 AND purpose = $2 AND created_at > now() - interval '1 hour')
        + (SELECT count(*) FROM "user".account_mail WHERE user_id = $1 AND kind = $2) AS "total!"`,
);

/** Mails with links of this purpose that an account got within the last hour, or is about to get. */
export async function countRecentMails(
  executor: Executor,
  userId: bigint,
  purpose: EmailTokenPurpose,
): Promise<number> {
  const [row] = await query(executor, RECENT, [userId, purpose]);
  return Number(row!.total);
}

const TOKENS_STALE = statement(
  'email_tokens_stale',
  `DELETE FROM "user".email_token WHERE hash IN (
     SELECT hash FROM "user".email_token WHERE expires_at < now() - interval '1 hour' LIMIT $1) RETURNING 1`,
);

/** Removes expired tokens that no longer count either. @returns how many */
export async function deleteStaleTokens(executor: Executor, limit: number): Promise<number> {
  return (await query(executor, TOKENS_STALE, [limit])).length;
}
