import type { SubgraphClient } from '@tintype/graphql';
import { timestampOf } from '@tintype/ids';
import type { Executor } from '@tintype/postgres';
import { counter, isOutage, type Log } from '@tintype/telemetry';
import type { Channel, Outcome } from '#channel/channel.ts';
import type { MailPlace } from '#mail/mail.channel.ts';
import { findNotifications } from '#notification/notification.repository.ts';
import { deleteSubscription, findSubscription, type PushPlace } from '#push/push-subscription.repository.ts';
import { quietUntil } from './clock.rules.ts';
import { type Delivery, type DeliverySetting, MAIL_TARGET } from './delivery.model.ts';
import { claimDue, postponeRows, settleRows } from './delivery.repository.ts';
import { findMailPlace } from './mail-place.ts';
import { mailOfNotes, pushesOf } from './message.rules.ts';
import type { NoteReader } from './note.reader.ts';
import { isThere } from './recipient.ts';
import { afterOutageMs, isTooOld, retryAfterMs } from './retry.rules.ts';
import { findSetting } from './setting.repository.ts';
import { DEFAULT_SETTING } from './setting.service.ts';

export type SendDueService = {
  /** Sends some of what is due; two processes never take the same at the same time. @returns how much it was */
  sendSome(): Promise<number>;
};

/** Longer than every time-out of what happens in it. */
const LEASE_MS = 120_000;

const deliveries = counter('notification_deliveries_total', 'Messages to places outside the app', [
  'channel',
  'outcome',
]);

/**
 * Sends what is due. Each message is sent at least once: of a process that ends between the answer and the note of it, another one
 * sends again, and its tag makes it take the place of the first.
 */
export function createSendDueService(deps: {
  pool: Executor;
  client: SubgraphClient;
  push: Channel<PushPlace>;
  /** Null where no mail is sent. */
  mail: Channel<MailPlace> | null;
  read: NoteReader;
  publicUrl: string;
  /** From one message about a notification to the next, in milliseconds. */
  againMs: number;
  log: Log;
}): SendDueService {
  const { pool, client, push, mail, read, publicUrl, againMs, log } = deps;

  const settle = async (rows: readonly Delivery[], outcome: Outcome, channel: string): Promise<void> => {
    deliveries.inc({ channel, outcome: outcome.kind }, rows.length);
    if (outcome.kind === 'delivered') return settleRows(pool, rows, againMs);
    if (outcome.kind === 'later') return retry(rows, outcome, channel);
    if (outcome.kind === 'refused') log.warn({ channel, reason: outcome.reason }, 'a message was refused');
    return settleRows(pool, rows, null);
  };

  const retry = async (rows: readonly Delivery[], outcome: Outcome & { kind: 'later' }, channel: string) => {
    const now = Date.now();
    const after = outcome.isOutage
      ? afterOutageMs()
      : retryAfterMs(Math.max(...rows.map((row) => row.attempts)), outcome.afterMs);
    const isOver = after === null || rows.every((row) => isTooOld(timestampOf(row.changeId), now));
    if (!isOver) return postponeRows(pool, rows, new Date(now + after), !outcome.isOutage);
    log.warn({ channel, reason: outcome.reason }, 'a message is given up');
    deliveries.inc({ channel, outcome: 'given up' }, rows.length);
    return settleRows(pool, rows, null);
  };

  /** What of it is still to be told: unread, not taken back, and of a kind that the person wants here. */
  const notesOf = async (rows: readonly Delivery[], kinds: DeliverySetting['pushKinds']) => {
    const { recipientId } = rows[0]!;
    const found = await findNotifications(
      pool,
      recipientId,
      rows.map((row) => row.notificationId),
    );
    const wanted = found
      .filter(({ kind, readAt }) => readAt === null && kinds.includes(kind))
      .toSorted((one, other) => (one.changedId < other.changedId ? 1 : -1));
    return read(recipientId, wanted);
  };

  const toSubscription = async (place: PushPlace, rows: readonly Delivery[], setting: DeliverySetting) => {
    const notes = await notesOf(rows, setting.pushKinds);
    const told = new Set(notes.map(({ id }) => id));
    await settleRows(
      pool,
      rows.filter((row) => !told.has(row.notificationId)),
      null,
    );
    for (const { ids, message } of pushesOf(notes, publicUrl)) {
      const outcome = await push.deliver(place, message);
      const about = rows.filter((row) => ids.includes(row.notificationId));
      await settle(about, outcome, 'push');
      if (outcome.kind !== 'gone') continue;
      await deleteSubscription(pool, place.userId, place.id);
      return;
    }
  };

  const toMailbox = async (place: MailPlace, rows: readonly Delivery[], setting: DeliverySetting) => {
    const notes = await notesOf(rows, setting.mailKinds);
    if (!mail || notes.length === 0) return settleRows(pool, rows, null);
    await settle(rows, await mail.deliver(place, mailOfNotes(notes, publicUrl)), 'mail');
  };

  /** @param rows all to one place */
  const send = async (rows: readonly Delivery[]): Promise<void> => {
    const { recipientId, targetId } = rows[0]!;
    const setting = (await findSetting(pool, recipientId)) ?? DEFAULT_SETTING;
    const until = quietUntil(setting, Date.now());
    if (until !== null) return postponeRows(pool, rows, new Date(until), false);
    if (targetId === MAIL_TARGET) {
      const place = await findMailPlace(client, recipientId);
      return place ? toMailbox(place, rows, setting) : settleRows(pool, rows, null);
    }
    const place = await findSubscription(pool, recipientId, targetId);
    return place && (await isThere(client, recipientId))
      ? toSubscription(place, rows, setting)
      : settleRows(pool, rows, null);
  };

  return {
    async sendSome() {
      const due = await claimDue(pool, LEASE_MS);
      const byPlace = Map.groupBy(due, ({ recipientId, targetId }) => `${recipientId} ${targetId}`);
      await Promise.all(
        [...byPlace.values()].map((rows) =>
          send(rows).catch((error: Error) =>
            retry(
              rows,
              { kind: 'later', reason: error.message, isOutage: isOutage(error) },
              rows[0]!.targetId === MAIL_TARGET ? 'mail' : 'push',
            ),
          ),
        ),
      );
      return due.length;
    },
  };
}
