import { createErasureConsumer, createOutbox, createRelay } from '@tintype/events';
import { createSubgraph } from '@tintype/graphql';
import { subgraphSdl } from '@tintype/schema/subgraphs';
import type { Wire } from '@tintype/service';
import type { UserModel } from '#actor/actor.model.ts';
import { createCaptionConsumer } from '#caption/on-post-published.consumer.ts';
import { wireDelivery } from '#delivery/wire-delivery.ts';
import { createEngagementService } from '#engagement/engagement.service.ts';
import { createEngagementConsumer } from '#engagement/on-engagement.consumer.ts';
import { createErasureSteps } from '#erasure/erasure.service.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { createLivePublisher } from '#live/live.publisher.ts';
import { createNotificationResolvers } from '#notification/notification.resolver.ts';
import { createNotificationService } from '#notification/notification.service.ts';
import { createReadService } from '#notification/read.service.ts';
import { createPostDeletedConsumer } from '#post/on-post-deleted.consumer.ts';
import { createPostFailedConsumer } from '#post/on-post-failed.consumer.ts';
import { createPreferenceResolvers } from '#preference/preference.resolver.ts';
import { createPreferenceService } from '#preference/preference.service.ts';
import { createHearers } from '#relation/hearers.ts';
import { createApplyService } from '#settle/apply.service.ts';
import { createNotificationPublisher } from '#settle/notification.publisher.ts';
import { createSettleService } from '#settle/settle.service.ts';
import { createSocialGraphConsumer } from '#social-graph/on-social-graph.consumer.ts';
import { createSocialGraphService } from '#social-graph/social-graph.service.ts';
import type { CommentModel, PostModel } from '#target/target.model.ts';
import { createUnreadStore } from '#unread/unread.store.ts';
import { createLoaders } from './loaders.ts';

export const wire: Wire = ({ config, database, redis, bus, ids, client, log }) => {
  const { pool } = database;
  const unread = createUnreadStore({ redis, pool });
  const publisher = createNotificationPublisher(createOutbox({ owner: 'notification', ids }));
  const settling = createSettleService({ ids, publisher });
  const applying = createApplyService({ pool, settling, unread, live: createLivePublisher({ redis }) });
  const hearers = createHearers(client);
  const notifications = createNotificationService({ pool });
  const notification = createNotificationResolvers({
    notifications,
    reads: createReadService({ pool, unread }),
    unread,
  });
  const delivery = wireDelivery({ config, pool, bus, ids, client, log });
  const preference = createPreferenceResolvers({ preferences: createPreferenceService({ pool }) });
  const subgraph = createSubgraph({
    name: 'notification',
    typeDefs: subgraphSdl('notification'),
    resolvers: {
      Query: { ...notification.Query, ...preference.Query, ...delivery.resolvers.Query },
      Mutation: { ...notification.Mutation, ...preference.Mutation, ...delivery.resolvers.Mutation },
      Notification: notification.Notification,
      PushSubscription: delivery.resolvers.PushSubscription,
      NotificationDelivery: delivery.resolvers.NotificationDelivery,
      User: { id: ({ id }: UserModel) => String(id) },
      Post: { id: ({ id }: PostModel) => String(id) },
      Comment: { id: ({ id }: CommentModel) => String(id) },
    } satisfies CompleteResolvers,
    createLoaders: createLoaders({ pool, client }),
    log,
  });
  return {
    subgraph,
    workers: [
      createRelay({ owner: 'notification', database, bus, log }),
      createEngagementConsumer({ bus, engagement: createEngagementService({ pool, applying, hearers }), log }),
      createSocialGraphConsumer({ bus, socialGraph: createSocialGraphService({ pool, applying }), log }),
      createPostDeletedConsumer({ bus, pool, applying, log }),
      createPostFailedConsumer({ bus, applying, log }),
      createCaptionConsumer({ bus, applying, hearers, log }),
      ...delivery.workers,
      createErasureConsumer({ bus, owner: 'notification', steps: createErasureSteps({ pool, unread }), log }),
    ],
    close: delivery.close,
  };
};
