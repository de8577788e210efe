import { languageOf } from '@tintype/language';
import { type MailTransport, mailFailure, newMessageId } from '@tintype/mail';
import { transaction } from '@tintype/postgres';
import { createLoop, type Worker } from '@tintype/service';
import { counter, type Log } from '@tintype/telemetry';
import type pg from 'pg';
import { lockEmail } from '#email/email.repository.ts';
import { addEmailToken, countRecentMails } from '#email/email-token.repository.ts';
import { type EmailTokenPurpose, emailTokenOf, hashEmailToken, MAX_MAILS } from '#email/email-token.rules.ts';
import { findSanction } from '#sanction/sanction.repository.ts';
import type { AccountMail, AccountMailKind } from './account-mail.model.ts';
import {
  claimDueMails,
  findMailRecipient,
  findRecipientByEmail,
  type MailRecipient,
  postponeMail,
  removeMail,
} from './account-mail.repository.ts';
import { writeMail } from './account-mail.rules.ts';
import { retryAfterMs } from './retry.rules.ts';

const EVERY_MS = 1_000;
/**
 * Longer than the timeouts of one batch, which the transport sends over four connections. If Postgres stalls after a
 * claim, this is how long its mails wait.
 */
const LEASE_MS = 65_000;
const BATCH = 8;
/** Pages to which links lead, below the address of the app. */
const PAGES: Readonly<Record<EmailTokenPurpose, string>> = {
  VERIFY_EMAIL: 'verify-email',
  RESET_PASSWORD: 'reset-password',
};

/** What is to be sent to whom. */
type Addressed = { kind: AccountMailKind; to: string; recipient: MailRecipient };

type Linked = Addressed & { kind: EmailTokenPurpose };

const mails = counter('user_account_mails_total', 'Mails about accounts', ['kind', 'outcome']);

function isLinked(mail: Addressed): mail is Linked {
  return mail.kind === 'VERIFY_EMAIL' || mail.kind === 'RESET_PASSWORD';
}

/**
 * Sends the mails about accounts as soon as they are due. Each is sent at least once. A token is derived when its mail
 * is sent, so that it is nowhere but in the mail: the database has its hash.
 */
export function createAccountMailJob(deps: {
  pool: pg.Pool;
  transport: MailTransport;
  from: string;
  /** Where the pages of the links are, without a slash at the end. */
  appUrl: string;
  /** The platform's secret, from which tokens are derived. */
  secret: string;
  log: Log;
}): Worker {
  const { pool, transport, from, appUrl, secret, log } = deps;

  /**
   * The link of a mail.
   *
   * @returns null if the account was deleted, or got too many for somebody who need not be its owner
   */
  const linkFor = async (mail: AccountMail, { kind, recipient, to }: Linked): Promise<string | null> => {
    const { userId } = recipient;
    const token = emailTokenOf(mail.id, secret);
    const hash = hashEmailToken(token);
    const added = await transaction(pool, async (tx) => {
      if (!(await lockEmail(tx, userId))) return false;
      const isByStranger = mail.userId === null;
      if (isByStranger && (await countRecentMails(tx, userId, kind, hash)) >= MAX_MAILS.forStrangers) return false;
      return addEmailToken(tx, { hash, userId, purpose: kind, email: to });
    });
    // Browsers do not send what comes after #, so the token reaches no log and no other site.
    return added ? `${appUrl}/${PAGES[kind]}#${new URLSearchParams({ token, username: recipient.username })}` : null;
  };

  /** The page that a notice leads to, without a token: whoever opens it has to log in. */
  const pageOf = (kind: AccountMailKind) => (kind === 'DATA_EXPORT_READY' ? `${appUrl}/data-export` : null);

  /** @returns null if the mail is no longer wanted */
  const addressed = async ({ kind, userId, email }: AccountMail): Promise<Addressed | null> => {
    if (kind === 'RESET_PASSWORD') {
      const recipient = await findRecipientByEmail(pool, email);
      if (!recipient) return null;
      const asked = recipient.isVerified ? kind : 'VERIFY_EMAIL';
      return { kind: asked, to: recipient.email, recipient };
    }
    const recipient = userId === null ? null : await findMailRecipient(pool, userId);
    if (!recipient) return null;
    const isStale = kind === 'VERIFY_EMAIL' && email !== recipient.email && email !== recipient.pendingEmail;
    return isStale ? null : { kind, to: email, recipient };
  };

  const send = async (mail: AccountMail): Promise<void> => {
    const found = await addressed(mail);
    if (!found) return finish(mail, mail.kind, 'dropped');
    const { kind, to, recipient } = found;
    const link = isLinked(found) ? await linkFor(mail, found) : pageOf(kind);
    if (isLinked(found) && link === null) return finish(mail, kind, 'dropped');
    const sanction = mail.decisionId === null ? null : await findSanction(pool, mail.decisionId);
    const about = { username: recipient.username, device: mail.device, at: mail.createdAt, sanction };
    const written = writeMail(kind, about, link, languageOf(recipient.language));
    await transport.send({ to, messageId: newMessageId(String(mail.id), from), ...written });
    await finish(mail, kind, 'sent');
  };

  const finish = async ({ id }: AccountMail, kind: AccountMailKind, outcome: string): Promise<void> => {
    mails.inc({ kind, outcome });
    await removeMail(pool, id);
  };

  const sendOrRetry = async (mail: AccountMail): Promise<void> => {
    try {
      await send(mail);
    } catch (error) {
      const failure = mailFailure(error);
      const isOutage = failure.kind === 'retry' && failure.isOutage;
      const after = failure.kind === 'retry' ? retryAfterMs(mail, isOutage, Date.now()) : null;
      if (after !== null) {
        mails.inc({ kind: mail.kind, outcome: 'retry' });
        return postponeMail(pool, mail.id, after, !isOutage);
      }
      log.warn({ reason: failure.reason, kind: mail.kind }, 'A mail about an account was abandoned.');
      await finish(mail, mail.kind, failure.kind === 'refused' ? 'refused' : 'abandoned');
    }
  };

  return createLoop({
    name: 'user__account-mail',
    everyMs: EVERY_MS,
    log,
    async work(signal) {
      while (!signal.aborted) {
        const due = await claimDueMails(pool, LEASE_MS, BATCH);
        if (due.length === 0) return;
        await Promise.all(due.map(sendOrRetry));
      }
    },
  });
}
