import { type Executor, query, statement } from '@tintype/postgres';
import { uniqueForm } from '#account/account.rules.ts';
import type { AccountMail, AccountMailKind, NoticeKind, SanctionNoticeKind } from './account-mail.model.ts';

const MAIL_ADD = statement(
  'account_mail_add',
  'INSERT INTO "user".account_mail (id, user_id, kind, email) VALUES ($1, $2?, $3, $4)',
);

/** Schedules a verification mail to an address that an account has or wants. */
export async function addVerificationMail(
  tx: Executor,
  mail: { id: bigint; userId: bigint; email: string },
): Promise<void> {
  await query(tx, MAIL_ADD, [mail.id, mail.userId, 'VERIFY_EMAIL', mail.email]);
}

/**
 * Schedules a password reset for an address, whether or not it belongs to an account, so that both take the same time.
 */
export async function addResetMail(executor: Executor, mail: { id: bigint; email: string }): Promise<void> {
  await query(executor, MAIL_ADD, [mail.id, null, 'RESET_PASSWORD', uniqueForm(mail.email)]);
}

const NOTICE_ADD = statement(
  'account_notice_add',
  `INSERT INTO "user".account_mail (id, user_id, kind, email, device)
   SELECT $1::bigint, a.id, $3, a.email, $4 FROM "user".account a
   WHERE a.id = $2 AND a.email IS NOT NULL AND a.email_verified_at IS NOT NULL`,
);

/** Schedules a notice to the verified address of an account. Does nothing if the address is not verified. */
export async function addNotice(
  executor: Executor,
  notice: { id: bigint; userId: bigint; kind: NoticeKind; device?: string },
): Promise<void> {
  await query(executor, NOTICE_ADD, [notice.id, notice.userId, notice.kind, notice.device ?? '']);
}

const SANCTION_NOTICE_ADD = statement(
  'sanction_notice_add',
  `INSERT INTO "user".account_mail (id, user_id, kind, email, decision_id)
   SELECT $1::bigint, a.id, $3, a.email, $4::bigint FROM "user".account a
   WHERE a.id = $2 AND a.email IS NOT NULL AND a.email_verified_at IS NOT NULL`,
);

/** Schedules a notice about a decision to the verified address of an account, if it has one. */
export async function addSanctionNotice(
  tx: Executor,
  notice: { id: bigint; userId: bigint; kind: SanctionNoticeKind; decisionId: bigint },
): Promise<void> {
  await query(tx, SANCTION_NOTICE_ADD, [notice.id, notice.userId, notice.kind, notice.decisionId]);
}

const MAIL_CLAIM = statement(
  'account_mail_claim',
  `UPDATE "user".account_mail SET attempts = attempts + 1, due_at = now() + $1 * interval '1 millisecond'
   WHERE id IN (SELECT id FROM "user".account_mail WHERE due_at <= now() ORDER BY due_at LIMIT $2
                FOR UPDATE SKIP LOCKED)
   RETURNING id, user_id AS "userId", kind, email, device, decision_id AS "decisionId", attempts, created_at AS "createdAt"`,
).narrow<{ kind: AccountMailKind }>();

/** Takes some mails that are due. No other process takes them within `leaseMs`. */
export function claimDueMails(executor: Executor, leaseMs: number, limit: number): Promise<AccountMail[]> {
  return query(executor, MAIL_CLAIM, [leaseMs, limit]);
}

const MAIL_REMOVE = statement('account_mail_remove', 'DELETE FROM "user".account_mail WHERE id = $1');

/** After the mail was sent or given up. */
export async function removeMail(executor: Executor, id: bigint): Promise<void> {
  await query(executor, MAIL_REMOVE, [id]);
}

const MAIL_POSTPONE = statement(
  'account_mail_postpone',
  `UPDATE "user".account_mail SET due_at = now() + $2 * interval '1 millisecond',
     attempts = attempts - CASE WHEN $3::boolean THEN 0 ELSE 1 END WHERE id = $1`,
);

/** @param counts whether the failed attempt counts */
export async function postponeMail(executor: Executor, id: bigint, afterMs: number, counts: boolean): Promise<void> {
  await query(executor, MAIL_POSTPONE, [id, afterMs, counts]);
}

const RECIPIENT = statement(
  'account_mail_recipient',
  `SELECT id AS "userId", username, email AS "email!", pending_email AS "pendingEmail",
     email_verified_at IS NOT NULL AS "isVerified!", language
   FROM "user".account WHERE (id = $1? OR email_key = $2?) AND email IS NOT NULL`,
);

export type MailRecipient = {
  userId: bigint;
  username: string;
  email: string;
  pendingEmail: string | null;
  isVerified: boolean;
  /** The stored tag. */
  language: string;
};

/** The account with this id, active or not. @returns null if it is deleted */
export async function findMailRecipient(executor: Executor, userId: bigint): Promise<MailRecipient | null> {
  return (await query(executor, RECIPIENT, [userId, null]))[0] ?? null;
}

/** The account with this address, active or not. */
export async function findRecipientByEmail(executor: Executor, email: string): Promise<MailRecipient | null> {
  return (await query(executor, RECIPIENT, [null, uniqueForm(email)]))[0] ?? null;
}

const MAILS_STALE = statement(
  'account_mails_stale',
  `DELETE FROM "user".account_mail WHERE id IN (
     SELECT id FROM "user".account_mail WHERE created_at < now() - interval '2 days' LIMIT $1) RETURNING 1`,
);

/** Removes mails that were never sent, because the platform sends none. @returns how many */
export async function deleteStaleMails(executor: Executor, limit: number): Promise<number> {
  return (await query(executor, MAILS_STALE, [limit])).length;
}

const MAILS_ERASE = statement(
  'account_mails_erase',
  `DELETE FROM "user".account_mail m USING "user".account a
   WHERE a.id = $1 AND (m.user_id = a.id OR m.email = a.email_key)`,
);

/** For an account that is about to be deleted, while it still has its address. */
export async function eraseMails(tx: Executor, userId: bigint): Promise<void> {
  await query(tx, MAILS_ERASE, [userId]);
}
