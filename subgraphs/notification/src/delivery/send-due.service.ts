import type { SubgraphClient } from '@tintype/graphql';
import { timestampOf } from '@tintype/ids';
import type { Language } from '@tintype/language';
import type { Executor } from '@tintype/postgres';
import { counter, isOutage, type Log } from '@tintype/telemetry';
import type { Channel, DeliveryOutcome } from '#delivery/channel.ts';
import type { Mailbox } from '#delivery/mail/mail.channel.ts';
import {
  deleteSubscription,
  findSubscription,
  type StoredPushSubscription,
} from '#delivery/push/push-subscription.repository.ts';
import { findNotifications } from '#notification/notification.repository.ts';
import { quietUntil } from '#preferences/clock.rules.ts';
import type { DeliverySetting } from '#preferences/delivery-setting.model.ts';
import { findDeliverySetting } from '#preferences/delivery-setting.repository.ts';
import { DEFAULT_DELIVERY_SETTING } from '#preferences/delivery-setting.service.ts';
import { findLanguageOf } from '#projection/language.repository.ts';
import { type Delivery, MAIL_DESTINATION } from './delivery.model.ts';
import { claimDueDeliveries, completeDeliveries, postponeDeliveries } from './delivery.repository.ts';
import { mailMessage, pushMessages } from './message.rules.ts';
import type { NotificationRenderer } from './notification.renderer.ts';
import { type FindMailbox, isNotifiable } from './reachability.ts';
import { afterOutageMs, isTooOld, retryAfterMs } from './retry.rules.ts';

export type SendDueService = {
  /**
   * Sends some of the deliveries that are due. Two processes never take the same one at the same time.
   *
   * @returns how many were due
   */
  sendSome(): Promise<number>;
};

/** Longer than all timeouts of one delivery together. */
const LEASE_MS = 120_000;

const deliveries = counter('notification_deliveries_total', 'Messages to destinations outside the app', [
  'channel',
  'outcome',
]);

/**
 * Sends what is due. Each message is sent at least once: if a process dies after sending but before recording it,
 * another process sends the message again, and the tag makes it replace the first one.
 */
export function createSendDueService(deps: {
  pool: Executor;
  client: SubgraphClient;
  findMailbox: FindMailbox;
  push: Channel<StoredPushSubscription>;
  /** Null if the platform sends no mail. */
  mail: Channel<Mailbox> | null;
  render: NotificationRenderer;
  publicUrl: string;
  /** Time between two messages about a notification, in milliseconds. */
  repeatMs: number;
  log: Log;
}): SendDueService {
  const { pool, client, findMailbox, push, mail, render, publicUrl, repeatMs, log } = deps;

  const record = async (rows: readonly Delivery[], outcome: DeliveryOutcome, channel: string): Promise<void> => {
    deliveries.inc({ channel, outcome: outcome.kind }, rows.length);
    if (outcome.kind === 'delivered') return completeDeliveries(pool, rows, repeatMs);
    if (outcome.kind === 'retry') return retry(rows, outcome, channel);
    if (outcome.kind === 'refused') log.warn({ channel, reason: outcome.reason }, 'A message was refused.');
    return completeDeliveries(pool, rows, null);
  };

  const retry = async (rows: readonly Delivery[], outcome: DeliveryOutcome & { kind: 'retry' }, channel: string) => {
    const now = Date.now();
    const after = outcome.isOutage
      ? afterOutageMs()
      : retryAfterMs(Math.max(...rows.map((row) => row.attempts)), outcome.afterMs);
    const isAbandoned = after === null || rows.every((row) => isTooOld(timestampOf(row.changeId), now));
    if (!isAbandoned) return postponeDeliveries(pool, rows, new Date(now + after), !outcome.isOutage);
    log.warn({ channel, reason: outcome.reason }, 'A message was abandoned.');
    deliveries.inc({ channel, outcome: 'abandoned' }, rows.length);
    return completeDeliveries(pool, rows, null);
  };

  /**
   * The notifications that are still to be sent: unread, not withdrawn, and of a kind that the person wants on this
   * channel.
   */
  const renderUnread = async (rows: readonly Delivery[], kinds: DeliverySetting['pushKinds'], language: Language) => {
    const { recipientId } = rows[0]!;
    const found = await findNotifications(
      pool,
      recipientId,
      rows.map((row) => row.notificationId),
    );
    const wanted = found
      .filter(({ kind, readAt }) => readAt === null && kinds.includes(kind))
      .toSorted((one, other) => (one.changeId < other.changeId ? 1 : -1));
    return render(recipientId, wanted, language);
  };

  const toSubscription = async (
    subscription: StoredPushSubscription,
    rows: readonly Delivery[],
    setting: DeliverySetting,
  ) => {
    const language = await findLanguageOf(pool, subscription.userId);
    const rendered = await renderUnread(rows, setting.pushKinds, language);
    const toSend = new Set(rendered.map(({ id }) => id));
    await completeDeliveries(
      pool,
      rows.filter((row) => !toSend.has(row.notificationId)),
      null,
    );
    for (const { ids, message } of pushMessages(rendered, publicUrl, language)) {
      const outcome = await push.deliver(subscription, message);
      const included = rows.filter((row) => ids.includes(row.notificationId));
      await record(included, outcome, 'push');
      if (outcome.kind !== 'expired') continue;
      await deleteSubscription(pool, subscription.userId, subscription.id);
      return;
    }
  };

  const toMailbox = async (mailbox: Mailbox, rows: readonly Delivery[], setting: DeliverySetting) => {
    const language = await findLanguageOf(pool, rows[0]!.recipientId);
    const rendered = await renderUnread(rows, setting.mailKinds, language);
    if (!mail || rendered.length === 0) return completeDeliveries(pool, rows, null);
    const message = mailMessage(rendered, publicUrl, language);
    await record(rows, await mail.deliver(mailbox, message), 'mail');
  };

  /** @param rows all for one destination */
  const send = async (rows: readonly Delivery[]): Promise<void> => {
    const { recipientId, destinationId } = rows[0]!;
    const setting = (await findDeliverySetting(pool, recipientId)) ?? DEFAULT_DELIVERY_SETTING;
    const until = quietUntil(setting, Date.now());
    if (until !== null) return postponeDeliveries(pool, rows, new Date(until), false);
    if (destinationId === MAIL_DESTINATION) {
      const mailbox = await findMailbox(recipientId, 'NOTIFICATIONS');
      return mailbox ? toMailbox(mailbox, rows, setting) : completeDeliveries(pool, rows, null);
    }
    const subscription = await findSubscription(pool, recipientId, destinationId);
    return subscription && (await isNotifiable(client, recipientId))
      ? toSubscription(subscription, rows, setting)
      : completeDeliveries(pool, rows, null);
  };

  return {
    async sendSome() {
      const due = await claimDueDeliveries(pool, LEASE_MS);
      const byDestination = Map.groupBy(due, ({ recipientId, destinationId }) => `${recipientId} ${destinationId}`);
      await Promise.all(
        [...byDestination.values()].map((rows) =>
          send(rows).catch((error: Error) =>
            retry(
              rows,
              { kind: 'retry', reason: error.message, isOutage: isOutage(error) },
              rows[0]!.destinationId === MAIL_DESTINATION ? 'mail' : 'push',
            ),
          ),
        ),
      );
      return due.length;
    },
  };
}
