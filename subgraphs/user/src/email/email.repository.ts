import { type Executor, query, statement } from '@tintype/postgres';
import { uniqueForm } from '#account/account.rules.ts';
import type { EmailModel } from './email.model.ts';

const COLUMNS = 'email AS "address!", email_verified_at AS "verifiedAt", pending_email AS "pendingAddress"';

/**
 * Whether something of an account `a` is older than the proof that its owner receives mail at the present address, as a
 * condition for other statements. Somebody else may have owned the account then.
 *
 * @param createdAt a column
 */
export const beforeVerification = (createdAt: string) =>
  `(a.email_verified_at IS NULL OR ${createdAt} < a.email_verified_at)`;

const EMAIL_FIND = statement('email_find', `SELECT ${COLUMNS} FROM "user".account WHERE id = $1 AND email IS NOT NULL`);

/** @returns null if the account is deleted */
export async function findEmail(executor: Executor, userId: bigint): Promise<EmailModel | null> {
  return (await query(executor, EMAIL_FIND, [userId]))[0] ?? null;
}

const EMAIL_LOCK = statement(
  'email_lock',
  `SELECT ${COLUMNS} FROM "user".account WHERE id = $1 AND email IS NOT NULL FOR UPDATE`,
);

/** The same, and locks the account. */
export async function lockEmail(tx: Executor, userId: bigint): Promise<EmailModel | null> {
  return (await query(tx, EMAIL_LOCK, [userId]))[0] ?? null;
}

const EMAIL_PENDING = statement(
  'email_pending',
  `UPDATE "user".account SET pending_email = $2? WHERE id = $1 RETURNING ${COLUMNS}`,
);

/** Notes the address that is to replace the present one, or that none is. */
export async function setPendingEmail(tx: Executor, userId: bigint, email: string | null): Promise<EmailModel> {
  return (await query(tx, EMAIL_PENDING, [userId, email]))[0]!;
}

const EMAIL_REPLACE = statement(
  'email_replace',
  `UPDATE "user".account SET email = $2, email_key = $3, pending_email = NULL, email_verified_at = now()
   WHERE id = $1 RETURNING ${COLUMNS}`,
);

/** Makes an address the verified one of a locked account. @throws unique violation on email_key */
export async function replaceEmail(tx: Executor, userId: bigint, email: string): Promise<EmailModel> {
  return (await query(tx, EMAIL_REPLACE, [userId, email, uniqueForm(email)]))[0]!;
}

const EMAIL_VERIFY = statement(
  'email_verify',
  `UPDATE "user".account SET email_verified_at = coalesce(email_verified_at, now())
   WHERE id = $1 RETURNING ${COLUMNS}`,
);

/** Marks the present address of a locked account as verified. */
export async function markEmailVerified(tx: Executor, userId: bigint): Promise<EmailModel> {
  return (await query(tx, EMAIL_VERIFY, [userId]))[0]!;
}
