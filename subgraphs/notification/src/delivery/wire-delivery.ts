import type { EventBus, Worker } from '@tintype/events';
import type { SubgraphClient } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import type { PlatformConfig } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type pg from 'pg';
import { createMailChannel } from '#mail/mail.channel.ts';
import { createMailTransport } from '#mail/mail-transport.ts';
import { createPushChannel } from '#push/push.channel.ts';
import { createPushResolvers } from '#push/push.resolver.ts';
import { createPushKeyService } from '#push/push-key.service.ts';
import { createPushSubscriptionService } from '#push/push-subscription.service.ts';
import { createDigestService } from './digest.service.ts';
import { createNoteReader } from './note.reader.ts';
import { createDeliveryConsumer } from './on-notification.consumer.ts';
import { createSendDueJob } from './send-due.job.ts';
import { createSendDueService } from './send-due.service.ts';
import { createSettingResolvers } from './setting.resolver.ts';
import { createSettingService } from './setting.service.ts';

/**
 * How long a change waits, in milliseconds. A push can be read away on another device in two seconds, and joined by a second like; who
 * opens the app within ten minutes needs no mail; and a post that many like is told of every five minutes.
 */
export const WAITS = { push: 2_000, mail: 10 * 60_000, again: 5 * 60_000 };

type Parts = {
  config: Pick<PlatformConfig, 'mail' | 'mailFrom' | 'pushAllowLocal' | 'publicUrl' | 'secret'>;
  pool: pg.Pool;
  bus: EventBus;
  ids: IdGenerator;
  client: SubgraphClient;
  log: Log;
  waits?: typeof WAITS;
};

/** What reaches people outside the app: push messages and mail. */
export function wireDelivery({ config, pool, bus, ids, client, log, waits = WAITS }: Parts) {
  const { publicUrl, pushAllowLocal: allowLocal, secret } = config;
  const keys = createPushKeyService({ pool, secret, log });
  const contact = `mailto:${config.mailFrom}`;
  const push = createPushChannel({ keys, contact, allowLocal });
  const transport = config.mail && createMailTransport(config.mail);
  const domain = config.mailFrom.slice(config.mailFrom.lastIndexOf('@') + 1);
  const mail = transport && createMailChannel({ transport, domain });
  const read = createNoteReader({ client, publicUrl });
  const sending = createSendDueService({ pool, client, push, mail, read, publicUrl, againMs: waits.again, log });
  const digests = mail && createDigestService({ pool, client, mail, read, publicUrl, log });
  const job = createSendDueJob({ pool, sending, digests, log });
  const pushes = createPushResolvers({ keys, subscriptions: createPushSubscriptionService({ pool, ids, allowLocal }) });
  const settings = createSettingResolvers({ settings: createSettingService({ pool, hasMail: mail !== null }) });
  const workers: Worker[] = [createDeliveryConsumer({ bus, pool, waits, onNoted: job.wake, log }), job];
  return {
    resolvers: {
      Query: { ...pushes.Query, ...settings.Query },
      Mutation: { ...pushes.Mutation, ...settings.Mutation },
      PushSubscription: pushes.PushSubscription,
      NotificationDelivery: settings.NotificationDelivery,
    },
    workers,
    async close() {
      transport?.close();
      await push.close();
    },
  };
}
