import { createSubgraph } from '@tintype/graphql';
import { subgraphSdl } from '@tintype/schema/subgraphs';
import type { Wire } from '@tintype/service';
import { createAudienceService } from '#audience/audience.service.ts';
import { createHitCache } from '#cache/hit.cache.ts';
import { createFactsService } from '#facts/facts.service.ts';
import { createAccountConsumer } from '#facts/on-account.consumer.ts';
import { createEngagementConsumer } from '#facts/on-engagement.consumer.ts';
import { createGraphConsumer } from '#facts/on-graph.consumer.ts';
import { createPostConsumer } from '#facts/on-post.consumer.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { createIndexChangesJob } from '#indexing/index-changes.job.ts';
import { createRefreshCountsJob } from '#indexing/refresh-counts.job.ts';
import { createFindService } from '#result/find.service.ts';
import { createResultResolvers } from '#result/result.resolver.ts';
import { createResultService } from '#result/result.service.ts';
import { createComputeService } from '#trending/compute.service.ts';
import { createListStore } from '#trending/list.store.ts';
import { createTrendConsumers } from '#trending/on-deed.consumers.ts';
import { createRecordService } from '#trending/record.service.ts';
import { createReplayService } from '#trending/replay.service.ts';
import { createTrendStore } from '#trending/trend.store.ts';
import { createTrendingResolvers } from '#trending/trending.resolver.ts';
import { createTrendingService } from '#trending/trending.service.ts';
import { createTrendsJob } from '#trending/trends.job.ts';
import { openSearchIndex } from '#typesense/open-index.ts';
import { createLoaders } from './loaders.ts';

export const wire: Wire = async ({ config, database, redis, bus, client, log }) => {
  const { pool } = database;
  const { index, workers: copying, close } = await openSearchIndex({ config, pool, log });
  const indexing = createIndexChangesJob({ pool, index, log });
  const changed = () => indexing.wake();
  const facts = createFactsService({ pool, changed });
  const finding = createFindService({ index, cache: createHitCache(redis) });
  const results = createResultService({ finding, audiences: createAudienceService({ pool, client }) });
  const trends = createTrendStore(redis);
  const lists = createListStore(redis, log);
  const recording = createRecordService({ pool, store: trends });
  const trending = createTrendingResolvers({ trending: createTrendingService({ lists }) });
  const found = createResultResolvers({ results });
  const subgraph = createSubgraph({
    name: 'search',
    typeDefs: subgraphSdl('search'),
    resolvers: { ...found, Query: { ...found.Query, ...trending } } satisfies CompleteResolvers,
    createLoaders: createLoaders({ client }),
    log,
  });
  return {
    subgraph,
    workers: [
      createAccountConsumer({ bus, facts, log }),
      createPostConsumer({ bus, facts, log }),
      createGraphConsumer({ bus, facts, log }),
      createEngagementConsumer({ bus, facts, log }),
      indexing,
      ...copying,
      createRefreshCountsJob({ pool, client, changed, log }),
      ...createTrendConsumers({ bus, recording, log }),
      createTrendsJob({
        redis,
        computing: createComputeService({ pool, store: trends, lists }),
        replaying: createReplayService({ bus, recording, log }),
        log,
      }),
    ],
    close,
  };
};
