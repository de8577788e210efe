import { requireViewer } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { isUniqueViolation, transaction } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import { checkEmail } from '#account/account.rules.ts';
import { findPasswordHash } from '#account/closure.repository.ts';
import type {
  ChangeEmailErrorCode,
  ChangeEmailInput,
  ResendVerificationMailErrorCode,
  VerifyEmailErrorCode,
} from '#generated/graphql.ts';
import { addNotice, addVerificationMail } from '#mail/account-mail.repository.ts';
import type { ConfirmationService } from '#second-factor/confirmation.service.ts';
import { accountEnded, type InputError, inputError } from '../errors.ts';
import type { EmailModel } from './email.model.ts';
import { findEmail, lockEmail, markEmailVerified, replaceEmail, setPendingEmail } from './email.repository.ts';
import { countRecentMails, expireEmailTokens, findEmailToken } from './email-token.repository.ts';
import { hashEmailToken, MAX_MAILS } from './email-token.rules.ts';

export type EmailService = {
  /** @throws RequestError UNAUTHENTICATED if the account is deleted */
  find(userId: bigint): Promise<EmailModel>;
  /** Accepts a token from a mail. Repeats change nothing. @returns the address that is now verified */
  verify(token: string): Promise<{ emailAddress: EmailModel } | { error: InputError<VerifyEmailErrorCode> }>;
  /** @returns whether a mail is sent: not if there is nothing to verify */
  resend(userId: bigint): Promise<{ sent: boolean } | { error: InputError<ResendVerificationMailErrorCode> }>;
  change(
    identity: Identity,
    input: ChangeEmailInput,
  ): Promise<{ emailAddress: EmailModel } | { error: InputError<ChangeEmailErrorCode> }>;
};

/** @param deps.hasMail whether the platform sends mail */
export function createEmailService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  confirmations: ConfirmationService;
  hasMail: boolean;
}): EmailService {
  const { pool, ids, confirmations, hasMail } = deps;

  const find = async (userId: bigint): Promise<EmailModel> => {
    const email = await findEmail(pool, userId);
    if (!email) throw accountEnded();
    return email;
  };

  /** @param email the account's own address or the pending one, with the account locked */
  const sendVerification = async (tx: pg.PoolClient, userId: bigint, email: string): Promise<boolean> => {
    if ((await countRecentMails(tx, userId, 'VERIFY_EMAIL')) >= MAX_MAILS.forOwner) return false;
    await addVerificationMail(tx, { id: ids.next(), userId, email });
    return true;
  };

  /** Makes the address of a token the verified one, if the account has or wants it. */
  const accept = async (tx: pg.PoolClient, token: string): Promise<EmailModel | null> => {
    const found = await findEmailToken(tx, hashEmailToken(token), 'VERIFY_EMAIL');
    const current = found && (await lockEmail(tx, found.userId));
    if (!found || !current) return null;
    if (found.email === current.address) return markEmailVerified(tx, found.userId);
    if (found.email !== current.pendingAddress) return null;
    await addNotice(tx, { id: ids.next(), userId: found.userId, kind: 'EMAIL_CHANGED' });
    // Links in mails to the old address must not change the password any more.
    await expireEmailTokens(tx, found.userId, 'RESET_PASSWORD');
    return replaceEmail(tx, found.userId, found.email);
  };

  return {
    find,
    async verify(token) {
      try {
        const emailAddress = await transaction(pool, (tx) => accept(tx, token));
        return emailAddress ? { emailAddress } : { error: inputError('TOKEN_INVALID', 'token') };
      } catch (error) {
        if (isUniqueViolation(error, 'email_key')) return { error: inputError('EMAIL_TAKEN', 'token') };
        throw error;
      }
    },

    async resend(userId) {
      if (!hasMail) return { error: inputError('MAIL_UNAVAILABLE') };
      return transaction(pool, async (tx) => {
        const email = await lockEmail(tx, userId);
        if (!email) throw accountEnded();
        const unverified = email.pendingAddress ?? (email.verifiedAt ? null : email.address);
        if (unverified === null) return { sent: false };
        const sent = await sendVerification(tx, userId, unverified);
        return sent ? { sent } : { error: inputError('TOO_MANY_MAILS') };
      });
    },

    async change(identity, { email, ...shown }) {
      const { userId } = requireViewer(identity);
      if (!hasMail) return { error: inputError('MAIL_UNAVAILABLE') };
      const invalid = checkEmail(email);
      if (invalid) return { error: invalid };
      const passwordHash = await findPasswordHash(pool, userId);
      const error = await confirmations.confirm(identity, shown);
      if (error) return { error };
      return transaction(pool, async (tx) => {
        const current = await lockEmail(tx, userId);
        if (!current) throw accountEnded();
        // The password may have been changed since it was compared.
        if ((await findPasswordHash(tx, userId)) !== passwordHash)
          return { error: inputError('PASSWORD_WRONG', 'password') };
        const isSame = email === current.address;
        // Whether another account has the address is found out by whoever receives mail there, and by nobody else.
        if (!isSame && !(await sendVerification(tx, userId, email)))
          return { error: inputError('TOO_MANY_MAILS', 'email') };
        const isNew = !isSame && email !== current.pendingAddress;
        if (isNew) await addNotice(tx, { id: ids.next(), userId, kind: 'EMAIL_CHANGE_STARTED' });
        return { emailAddress: await setPendingEmail(tx, userId, isSame ? null : email) };
      });
    },
  };
}
