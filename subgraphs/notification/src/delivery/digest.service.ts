import type { SubgraphClient } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { counter, type Log } from '@tintype/telemetry';
import type { Channel } from '#channel/channel.ts';
import type { MailPlace } from '#mail/mail.channel.ts';
import { listUnreadSince } from '#notification/notification.repository.ts';
import { nextDigestAt } from './clock.rules.ts';
import { findMailPlace } from './mail-place.ts';
import { mailOfNotes } from './message.rules.ts';
import type { NoteReader } from './note.reader.ts';
import { claimDigests, type DueDigest, settleDigest } from './setting.repository.ts';

export type DigestService = {
  /** Sends some of the digests that are due. @returns how many were */
  sendSome(): Promise<number>;
};

const LEASE_MS = 120_000;
const RETRY_MS = 15 * 60_000;
/** More than this is told as a number of more. */
const READ = 100;

const digests = counter('notification_digests_total', 'Digests that were due', ['outcome']);

/** Mails what is unread since the digest before; nothing where there is nothing. */
export function createDigestService(deps: {
  pool: Executor;
  client: SubgraphClient;
  mail: Channel<MailPlace>;
  read: NoteReader;
  publicUrl: string;
  log: Log;
}): DigestService {
  const { pool, client, mail, read, publicUrl, log } = deps;

  const send = async (due: DueDigest): Promise<void> => {
    const { userId, setting, digestChangeId } = due;
    const unread = await listUnreadSince(pool, userId, digestChangeId, READ);
    const place = unread.length > 0 ? await findMailPlace(client, userId) : null;
    const outcome = place && (await mail.deliver(place, mailOfNotes(await read(userId, unread), publicUrl)));
    digests.inc({ outcome: outcome?.kind ?? 'empty' });
    if (outcome?.kind === 'later') throw new Error(outcome.reason);
    if (outcome?.kind === 'refused') log.warn({ reason: outcome.reason }, 'a digest was refused');
    const next = nextDigestAt(setting, Date.now()) ?? Date.now();
    await settleDigest(pool, due, new Date(next), unread[0]?.changedId ?? digestChangeId);
  };

  return {
    async sendSome() {
      const due = await claimDigests(pool, LEASE_MS);
      await Promise.all(
        due.map((one) =>
          send(one).catch(async (error: Error) => {
            log.warn({ error }, 'a digest could not be sent: tried again');
            await settleDigest(pool, one, new Date(Date.now() + RETRY_MS), one.digestChangeId);
          }),
        ),
      );
      return due.length;
    },
  };
}
