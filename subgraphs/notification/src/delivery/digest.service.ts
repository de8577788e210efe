import type { Executor } from '@tintype/postgres';
import { counter, type Log } from '@tintype/telemetry';
import type { Channel } from '#delivery/channel.ts';
import type { Mailbox } from '#delivery/mail/mail.channel.ts';
import { listUnreadSince } from '#notification/notification.repository.ts';
import { nextDigestAt } from '#preferences/clock.rules.ts';
import { claimDigests, type DueDigest, rescheduleDigest } from '#preferences/delivery-setting.repository.ts';
import { findLanguageOf } from '#projection/language.repository.ts';
import { mailMessage } from './message.rules.ts';
import type { NotificationRenderer } from './notification.renderer.ts';
import type { FindMailbox } from './reachability.ts';

export type DigestService = {
  /** Sends some of the digests that are due. @returns how many were */
  sendSome(): Promise<number>;
};

const LEASE_MS = 120_000;
const RETRY_MS = 15 * 60_000;
/** A digest counts at most this many notifications. */
const MAX_UNREAD = 100;

const digests = counter('notification_digests_total', 'Digests that were due', ['outcome']);

/** Mails what has become unread since the last digest. Sends no mail if there is nothing. */
export function createDigestService(deps: {
  pool: Executor;
  findMailbox: FindMailbox;
  mail: Channel<Mailbox>;
  render: NotificationRenderer;
  publicUrl: string;
  log: Log;
}): DigestService {
  const { pool, findMailbox, mail, render, publicUrl, log } = deps;

  const send = async (due: DueDigest): Promise<void> => {
    const { userId, setting, digestChangeId } = due;
    const unread = await listUnreadSince(pool, userId, digestChangeId, MAX_UNREAD);
    const language = await findLanguageOf(pool, userId);
    const rendered = unread.length > 0 ? await render(userId, unread, language) : [];
    const mailbox = rendered.length > 0 ? await findMailbox(userId, 'DIGEST') : null;
    const outcome = mailbox && (await mail.deliver(mailbox, mailMessage(rendered, publicUrl, language)));
    digests.inc({ outcome: outcome?.kind ?? 'empty' });
    if (outcome?.kind === 'retry') throw new Error(outcome.reason);
    if (outcome?.kind === 'refused') log.warn({ reason: outcome.reason }, 'A digest was refused.');
    const next = nextDigestAt(setting, Date.now()) ?? Date.now();
    await rescheduleDigest(pool, due, new Date(next), unread[0]?.changeId ?? digestChangeId);
  };

  return {
    async sendSome() {
      const due = await claimDigests(pool, LEASE_MS);
      await Promise.all(
        due.map((one) =>
          send(one).catch(async (error: Error) => {
            log.warn({ error }, 'A digest could not be sent. It will be retried.');
            await rescheduleDigest(pool, one, new Date(Date.now() + RETRY_MS), one.digestChangeId);
          }),
        ),
      );
      return due.length;
    },
  };
}
