import { createErasureConsumer, createOutbox, createRelay } from '@tintype/events';
import { createIdempotency, createSubgraph } from '@tintype/graphql';
import { createBannedWords } from '@tintype/graphql/internal';
import { timestampOf } from '@tintype/ids';
import { isNewAccount } from '@tintype/policy';
import type { EngagementEvents } from '@tintype/schema/events/engagement';
import { subgraphSdl } from '@tintype/schema/subgraphs';
import { createExpiryJob, type Wire } from '@tintype/service';
import { createActivityResolvers } from '#activity/activity.resolver.ts';
import { createActivityService } from '#activity/activity.service.ts';
import { listCoEngaged, listEngaged } from '#activity/co-engagement.repository.ts';
import { createCoEngagementResolvers } from '#activity/co-engagement.resolver.ts';
import { createCommentedResolvers } from '#activity/commented-posts.resolver.ts';
import { createCommentedService } from '#activity/commented-posts.service.ts';
import { createCommentPublisher } from '#comment/comment.publisher.ts';
import { createCommentResolvers } from '#comment/comment.resolver.ts';
import { createCommentService } from '#comment/comment.service.ts';
import { createPolicyFor } from '#comment/text-policy.ts';
import { createTopCommentStore } from '#comment/top-comment.store.ts';
import { countCommentsFor } from '#comment/uncounted-comment.repository.ts';
import { createSettingResolvers } from '#comment-settings/comment-settings.resolver.ts';
import { createSettingService } from '#comment-settings/comment-settings.service.ts';
import { createErasureSteps, createStepsBeforeLikes } from '#deletion/erasure.service.ts';
import { createReplyCleanup } from '#deletion/on-comment-deleted.consumer.ts';
import { createPostCleanup } from '#deletion/on-post-deleted.consumer.ts';
import { createRemoveStaleWrites } from '#deletion/stale-writes.service.ts';
import { createPostResolvers } from '#entities/post.resolver.ts';
import { userResolvers } from '#entities/user.resolver.ts';
import { createApplyService } from '#event-log/apply.service.ts';
import { createApplyWorker } from '#event-log/on-engagement.consumer.ts';
import { RECORDS } from '#export/record.repository.ts';
import { createRecordResolvers } from '#export/record.resolver.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { createLikeLog } from '#like/like.log.ts';
import { deleteLike } from '#like/like.repository.ts';
import { createLikeResolvers } from '#like/like.resolver.ts';
import { createFindLikeTargets } from '#like/like-target.service.ts';
import { createPendingLikeStore } from '#like/pending-like.store.ts';
import { createSaveResolvers } from '#save/save.resolver.ts';
import { createSaveService } from '#save/save.service.ts';
import { createShareResolvers } from '#share/share.resolver.ts';
import { createShareService } from '#share/share.service.ts';
import { findStats, findStatsIncluding } from '#stats/stats.repository.ts';
import { createStatsResolvers } from '#stats/stats.resolver.ts';
import { createStatsStore } from '#stats/stats.store.ts';
import { createLoaders } from './loaders.ts';

export const wire: Wire = ({ config, database, redis, ids, client, log }) => {
  const { pool } = database;
  const outbox = createOutbox<EngagementEvents>({ owner: 'engagement', ids });
  const idempotency = createIdempotency({ pool, schema: 'engagement' });
  const isNew = (userId: bigint) => isNewAccount(timestampOf(userId), config.newAccountDays);
  const policyFor = createPolicyFor({ bannedWords: createBannedWords({ client, log }), isNew });
  const stats = createStatsStore({ redis, pool });
  const top = createTopCommentStore({ redis, pool });
  const pending = createPendingLikeStore({ redis, log });
  const likes = createLikeLog({ pool, outbox, pending });
  const comments = createCommentService({ pool, ids, publisher: createCommentPublisher(outbox), client, isNew });
  const shares = createShareService({ pool, ids, outbox, client });
  const saves = createSaveService({ pool, ids, outbox });
  const erasure = { pool, idempotency, ids, outbox, comments, shares, saves, client };
  const comment = createCommentResolvers({
    comments,
    idempotency,
    policyFor,
    countFor: (authorId, postId) => countCommentsFor(pool, authorId, postId),
  });
  const setting = createSettingResolvers({ settings: createSettingService({ pool }) });
  const share = createShareResolvers({
    shares,
    policyFor,
    countsIncluding: (share) => findStatsIncluding(pool, share),
  });
  const save = createSaveResolvers({ saves, idempotency });
  const { Query: activityQuery, ...activities } = createActivityResolvers({
    activity: createActivityService({ pool }),
  });
  const subgraph = createSubgraph({
    name: 'engagement',
    typeDefs: subgraphSdl('engagement'),
    resolvers: {
      Query: {
        ...createStatsResolvers({ countsOf: (ids) => findStats(pool, ids) }),
        ...comment.Query,
        ...setting.Query,
        ...share.Query,
        ...save.Query,
        ...activityQuery,
        ...createCoEngagementResolvers({
          coEngaged: (viewerId, first) => listCoEngaged(pool, viewerId, first),
          engaged: (viewerId, first) => listEngaged(pool, viewerId, first),
        }),
        ...createCommentedResolvers({ commented: createCommentedService({ pool }) }),
        ...createRecordResolvers({ list: (kind, ...page) => RECORDS[kind](pool, ...page) }),
      },
      Mutation: {
        ...createLikeResolvers({
          likes,
          ids,
          findTargets: createFindLikeTargets({ pool, client }),
          deleteLike: (userId, targetId, isComment) => deleteLike(pool, userId, targetId, isComment),
        }),
        ...comment.Mutation,
        ...setting.Mutation,
        ...share.Mutation,
        ...save.Mutation,
      },
      Post: createPostResolvers(),
      User: userResolvers,
      Comment: comment.Comment,
      Share: share.Share,
      Collection: save.Collection,
      ...activities,
    } satisfies CompleteResolvers,
    createLoaders: createLoaders({ pool, client, stats, pending, top }),
    log,
  });
  return {
    subgraph,
    createWorkers: (bus) => [
      createExpiryJob({ name: 'engagement__idempotency-expiry', remove: idempotency.removeOld, log }),
      createRelay({ owner: 'engagement', database, bus, log }),
      createApplyWorker({
        bus,
        applying: createApplyService({ pool, stats, top }),
        removeStaleWrites: createRemoveStaleWrites({ pool, ids, outbox, steps: createStepsBeforeLikes(erasure) }),
        log,
      }),
      createReplyCleanup({ bus, comments, log }),
      createPostCleanup({ bus, pool, shares, log }),
      createErasureConsumer({ bus, owner: 'engagement', steps: createErasureSteps(erasure), log }),
    ],
  };
};
