import { createErasureConsumer, createOutbox, createRelay } from '@tintype/events';
import { createSubgraph } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import { createSignalPublisher } from '@tintype/redis';
import { subgraphSdl } from '@tintype/schema/subgraphs';
import type { Wire } from '@tintype/service';
import { wireDelivery } from '#delivery/wire-delivery.ts';
import { createErasureSteps } from '#erasure/erasure.service.ts';
import { RECORDS } from '#export/record.repository.ts';
import { createRecordResolvers } from '#export/record.resolver.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { createEligibleRecipients } from '#ingest/eligible-recipients.ts';
import { createEngagementService } from '#ingest/engagement.service.ts';
import { createEngagementConsumer } from '#ingest/on-engagement.consumer.ts';
import { createLanguageConsumer } from '#ingest/on-language-changed.consumer.ts';
import { createPostDeletedConsumer } from '#ingest/on-post-deleted.consumer.ts';
import { createPostFailedConsumer } from '#ingest/on-post-failed.consumer.ts';
import { createCaptionConsumer } from '#ingest/on-post-published.consumer.ts';
import { createSanctionConsumer } from '#ingest/on-sanction.consumer.ts';
import { createSocialGraphConsumer } from '#ingest/on-social-graph.consumer.ts';
import { createFindAudiences } from '#ingest/post-audiences.ts';
import { createSocialGraphService } from '#ingest/social-graph.service.ts';
import { createUnreadStore } from '#live/unread.store.ts';
import type { CommentModel, PostModel, UserModel } from '#notification/entity.model.ts';
import { createNotificationResolvers } from '#notification/notification.resolver.ts';
import { createNotificationService } from '#notification/notification.service.ts';
import { notificationTypes } from '#notification/notification-types.resolver.ts';
import { createReadService } from '#notification/read.service.ts';
import { createPreferenceResolvers } from '#preferences/preference.resolver.ts';
import { createPreferenceService } from '#preferences/preference.service.ts';
import { createApplyService } from '#reconcile/apply.service.ts';
import { createNotificationPublisher } from '#reconcile/notification.publisher.ts';
import { createReconcileService } from '#reconcile/reconcile.service.ts';
import { createLoaders } from './loaders.ts';

export const wire: Wire = ({ config, database, redis, ids, client, log }) => {
  const { pool } = database;
  const unread = createUnreadStore({ redis, pool });
  const publisher = createNotificationPublisher(createOutbox({ owner: 'notification', ids }));
  const reconciler = createReconcileService({ ids, publisher });
  const signals = createSignalPublisher({ redis, owner: 'notification' });
  const applyService = createApplyService({ pool, reconciler, unread, signals });
  const eligibleRecipients = createEligibleRecipients(client);
  const notifications = createNotificationService({ pool });
  const notification = createNotificationResolvers({
    notifications,
    reads: createReadService({ pool, unread }),
    unread,
  });
  const delivery = wireDelivery({ config, pool, ids, client, log });
  const preference = createPreferenceResolvers({ preferences: createPreferenceService({ pool }) });
  const subgraph = createSubgraph({
    name: 'notification',
    typeDefs: subgraphSdl('notification'),
    resolvers: {
      Query: {
        ...notification.Query,
        ...preference.Query,
        ...delivery.resolvers.Query,
        ...createRecordResolvers({ list: (kind, ...page) => RECORDS[kind](pool, ...page) }),
      },
      Mutation: { ...notification.Mutation, ...preference.Mutation, ...delivery.resolvers.Mutation },
      ...notificationTypes,
      PushSubscription: delivery.resolvers.PushSubscription,
      NotificationDelivery: delivery.resolvers.NotificationDelivery,
      User: { id: ({ id }: UserModel) => globalId('User', id) },
      Post: { id: ({ id }: PostModel) => globalId('Post', id) },
      Comment: { id: ({ id }: CommentModel) => globalId('Comment', id) },
    } satisfies CompleteResolvers,
    createLoaders: createLoaders({ pool, client }),
    log,
  });
  return {
    subgraph,
    createWorkers: (bus) => [
      createRelay({ owner: 'notification', database, bus, log }),
      createEngagementConsumer({
        bus,
        engagement: createEngagementService({
          pool,
          applyService,
          eligibleRecipients,
          findAudiences: createFindAudiences(client),
        }),
        log,
      }),
      createSocialGraphConsumer({ bus, socialGraph: createSocialGraphService({ pool, applyService }), log }),
      createPostDeletedConsumer({ bus, pool, applyService, log }),
      createPostFailedConsumer({ bus, applyService, log }),
      createSanctionConsumer({ bus, applyService, log }),
      createLanguageConsumer({ bus, pool, log }),
      createCaptionConsumer({ bus, applyService, eligibleRecipients, log }),
      ...delivery.createWorkers(bus),
      createErasureConsumer({ bus, owner: 'notification', steps: createErasureSteps({ pool, unread }), log }),
    ],
    close: delivery.close,
  };
};
