import { createErasureConsumer } from '@tintype/events';
import { createSubgraph } from '@tintype/graphql';
import { subgraphSdl } from '@tintype/schema/subgraphs';
import type { Wire } from '@tintype/service';
import { createAudienceService } from '#audience/audience.service.ts';
import { createAccountConsumer } from '#audience/on-account.consumer.ts';
import { createAudienceConsumer } from '#audience/on-graph-changed.consumer.ts';
import { createPromotionService } from '#audience/promotion.service.ts';
import { createErasureSteps } from '#erasure/erasure.service.ts';
import { createCandidatesService } from '#explore/candidates.service.ts';
import { createCoEngagementStore } from '#explore/co-engagement.store.ts';
import { createExploreResolvers } from '#explore/explore.resolver.ts';
import { createExploreService } from '#explore/explore.service.ts';
import { createExploreStore } from '#explore/explore.store.ts';
import { createSources } from '#explore/sources.ts';
import { RECORDS } from '#export/record.repository.ts';
import { createRecordResolvers } from '#export/record.resolver.ts';
import { createFanOutService } from '#fan-out/fan-out.service.ts';
import { createFanOutWorker } from '#fan-out/on-post-changed.consumer.ts';
import { createShareWorker } from '#fan-out/on-share-changed.consumer.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { createHashtagResolvers } from '#hashtag/hashtag.resolver.ts';
import { createHashtagFollowService } from '#hashtag/hashtag-follow.service.ts';
import { createReconcileFollowsJob } from '#hashtag/reconcile-follows.job.ts';
import { createHomeResolvers } from '#home/home.resolver.ts';
import { createHomeService } from '#home/home.service.ts';
import { createRebuildService } from '#timeline/rebuild.service.ts';
import { createTimelineStore } from '#timeline/timeline.store.ts';
import { feedSettings } from './config.ts';
import { createLoaders } from './loaders.ts';

export const wire: Wire = ({ config, database, redis, ids, client, log }) => {
  const { pool } = database;
  const timelines = createTimelineStore(redis);
  const rebuild = createRebuildService({ pool, timelines });
  const { celebrityFollowers } = config.of(feedSettings);
  const promotion = createPromotionService({ pool, timelines, rebuild, celebrityFollowers, log });
  const audience = createAudienceService({ pool, timelines, promotion });
  const fanOut = createFanOutService({ pool, timelines });
  const home = createHomeService({ pool, timelines, rebuild, log });
  const follows = createHashtagFollowService({ pool, ids, timelines, log });
  const hashtag = createHashtagResolvers({ follows });
  const sources = createSources({ pool, client, coEngagement: createCoEngagementStore(redis) });
  const candidates = createCandidatesService({ pool, client, sources, log });
  const store = createExploreStore(redis);
  const explore = createExploreService({ ids, candidates, store, log });
  const subgraph = createSubgraph({
    name: 'feed',
    typeDefs: subgraphSdl('feed'),
    resolvers: {
      Query: {
        ...createHomeResolvers({ home, isStale: () => pool.isAway(), log }).Query,
        ...createExploreResolvers({ explore }),
        ...hashtag.Query,
        ...createRecordResolvers({ list: (kind, ...page) => RECORDS[kind](pool, ...page) }),
      },
      Mutation: hashtag.Mutation,
      Hashtag: hashtag.Hashtag,
    } satisfies CompleteResolvers,
    createLoaders: createLoaders({ pool, client }),
    log,
  });
  return {
    subgraph,
    createWorkers: (bus) => [
      createAudienceConsumer({ bus, audience, log }),
      createAccountConsumer({ bus, audience, log }),
      createFanOutWorker({ bus, fanOut, log }),
      createShareWorker({ bus, fanOut, log }),
      createReconcileFollowsJob({ follows, log }),
      createErasureConsumer({
        bus,
        owner: 'feed',
        steps: createErasureSteps({ pool, timelines, explore: store }),
        log,
      }),
    ],
  };
};
