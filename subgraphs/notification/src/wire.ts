import { createOutbox, createRelay } from '@tintype/events';
import { createSubgraph } from '@tintype/graphql';
import { subgraphSdl } from '@tintype/schema/subgraphs';
import type { Wire } from '@tintype/service';
import type { UserModel } from '#actor/actor.model.ts';
import { createHearers } from '#caption/hearers.ts';
import { createCaptionConsumer } from '#caption/on-post-published.consumer.ts';
import { createEngagementService } from '#engagement/engagement.service.ts';
import { createEngagementConsumer } from '#engagement/on-engagement.consumer.ts';
import { createLivePublisher } from '#live/live.publisher.ts';
import { createNotificationResolvers } from '#notification/notification.resolver.ts';
import { createNotificationService } from '#notification/notification.service.ts';
import { createReadService } from '#notification/read.service.ts';
import { createPostDeletedConsumer } from '#post/on-post-deleted.consumer.ts';
import { createPreferenceResolvers } from '#preference/preference.resolver.ts';
import { createPreferenceService } from '#preference/preference.service.ts';
import { createApplyService } from '#settle/apply.service.ts';
import { createNotificationPublisher } from '#settle/notification.publisher.ts';
import { createSettleService } from '#settle/settle.service.ts';
import { createSocialGraphConsumer } from '#social-graph/on-social-graph.consumer.ts';
import { createSocialGraphService } from '#social-graph/social-graph.service.ts';
import type { CommentModel, PostModel } from '#target/target.model.ts';
import { createUnreadStore } from '#unread/unread.store.ts';
import { createLoaders } from './loaders.ts';

export const wire: Wire = ({ database, redis, bus, ids, client, log }) => {
  const { pool } = database;
  const unread = createUnreadStore({ redis, pool });
  const publisher = createNotificationPublisher(createOutbox({ owner: 'notification', ids }));
  const settling = createSettleService({ ids, publisher });
  const applying = createApplyService({ pool, settling, unread, live: createLivePublisher({ redis }) });
  const notifications = createNotificationService({ pool });
  const notification = createNotificationResolvers({
    notifications,
    reads: createReadService({ pool, unread }),
    unread,
  });
  const preference = createPreferenceResolvers({ preferences: createPreferenceService({ pool }) });
  const subgraph = createSubgraph({
    name: 'notification',
    typeDefs: subgraphSdl('notification'),
    resolvers: {
      Query: { ...notification.Query, ...preference.Query },
      Mutation: { ...notification.Mutation, ...preference.Mutation },
      Notification: notification.Notification,
      User: { id: ({ id }: UserModel) => String(id) },
      Post: { id: ({ id }: PostModel) => String(id) },
      Comment: { id: ({ id }: CommentModel) => String(id) },
    },
    createLoaders: createLoaders({ pool, client }),
    log,
  });
  return {
    subgraph,
    workers: [
      createRelay({ owner: 'notification', database, bus, log }),
      createEngagementConsumer({ bus, engagement: createEngagementService({ pool, applying }), log }),
      createSocialGraphConsumer({ bus, socialGraph: createSocialGraphService({ pool, applying }), log }),
      createPostDeletedConsumer({ bus, pool, applying, log }),
      createCaptionConsumer({ bus, applying, hearers: createHearers(client), log }),
    ],
  };
};
