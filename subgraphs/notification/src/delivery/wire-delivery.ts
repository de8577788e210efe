import type { EventBus, Worker } from '@tintype/events';
import type { SubgraphClient } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { createMailTransport } from '@tintype/mail';
import { mailSettings, type PlatformConfig, publicSettings } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type pg from 'pg';
import { deliverySettings } from '#config.ts';
import { createMailChannel } from '#delivery/mail/mail.channel.ts';
import { createPushChannel } from '#delivery/push/push.channel.ts';
import { createPushResolvers } from '#delivery/push/push.resolver.ts';
import { createPushKeyService } from '#delivery/push/push-key.service.ts';
import { createPushSubscriptionService } from '#delivery/push/push-subscription.service.ts';
import { createDeliverySettingResolvers } from '#preferences/delivery-setting.resolver.ts';
import { createDeliverySettingService } from '#preferences/delivery-setting.service.ts';
import { createUnsubscribe } from '#preferences/unsubscribe.service.ts';
import { createDigestService } from './digest.service.ts';
import { createNotificationRenderer } from './notification.renderer.ts';
import { createDeliveryConsumer } from './on-notification.consumer.ts';
import { createFindMailbox } from './reachability.ts';
import { createSendDueJob } from './send-due.job.ts';
import { createSendDueService } from './send-due.service.ts';

/**
 * How long a change waits, in milliseconds. Within two seconds, a person may read it on another device, or a second
 * like may join it. A person who opens the app within ten minutes needs no mail. A post that many like is announced
 * every five minutes at most.
 */
export const DELIVERY_DELAYS = { push: 2_000, mail: 10 * 60_000, repeat: 5 * 60_000 };

type Parts = {
  config: Pick<PlatformConfig, 'secret' | 'of'>;
  pool: pg.Pool;
  ids: IdGenerator;
  client: SubgraphClient;
  log: Log;
  delays?: typeof DELIVERY_DELAYS;
};

/** Delivery outside the app: push messages and mail. */
export function wireDelivery({ config, pool, ids, client, log, delays = DELIVERY_DELAYS }: Parts) {
  const { secret } = config;
  const { publicUrl } = config.of(publicSettings);
  const { mail: mailAddress, mailFrom } = config.of(mailSettings);
  const { pushAllowLocal: allowLocal } = config.of(deliverySettings);
  const keys = createPushKeyService({ pool, secret, log });
  const contact = `mailto:${mailFrom}`;
  const push = createPushChannel({ keys, contact, allowLocal });
  const transport = mailAddress && createMailTransport(mailAddress);
  const mail = transport && createMailChannel({ transport, from: mailFrom });
  const findMailbox = createFindMailbox({ client, publicUrl, secret });
  const render = createNotificationRenderer({ client, publicUrl });
  const sending = createSendDueService({
    pool,
    client,
    findMailbox,
    push,
    mail,
    render,
    publicUrl,
    repeatMs: delays.repeat,
    log,
  });
  const digests = mail && createDigestService({ pool, findMailbox, mail, render, publicUrl, log });
  const job = createSendDueJob({ pool, sending, digests, log });
  const pushes = createPushResolvers({ keys, subscriptions: createPushSubscriptionService({ pool, ids, allowLocal }) });
  const settings = createDeliverySettingResolvers({
    settings: createDeliverySettingService({ pool, hasMail: mail !== null }),
    unsubscribe: createUnsubscribe({ pool, secret }),
  });
  return {
    resolvers: {
      Query: { ...pushes.Query, ...settings.Query },
      Mutation: { ...pushes.Mutation, ...settings.Mutation },
      PushSubscription: pushes.PushSubscription,
      NotificationDelivery: settings.NotificationDelivery,
    },
    createWorkers: (bus: EventBus): Worker[] => [
      createDeliveryConsumer({ bus, pool, delays, onScheduled: job.wake, log }),
      job,
    ],
    async close() {
      transport?.close();
      await push.close();
    },
  };
}
