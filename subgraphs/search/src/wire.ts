import { createSubgraph } from '@tintype/graphql';
import { subgraphSdl } from '@tintype/schema/subgraphs';
import type { Wire } from '@tintype/service';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { createIndexChangesJob } from '#indexing/index-changes.job.ts';
import { createRefreshCountsJob } from '#indexing/refresh-counts.job.ts';
import { createAccountConsumer } from '#projection/on-account.consumer.ts';
import { createEngagementConsumer } from '#projection/on-engagement.consumer.ts';
import { createPostConsumer } from '#projection/on-post.consumer.ts';
import { createGraphConsumer } from '#projection/on-social-graph.consumer.ts';
import { createProjectionService } from '#projection/projection.service.ts';
import { createHitCache } from '#search/hit.cache.ts';
import { createHitService } from '#search/hit.service.ts';
import { createSearchResolvers } from '#search/search.resolver.ts';
import { createSearchService } from '#search/search.service.ts';
import { createViewerFilterService } from '#search/viewer-filter.service.ts';
import { openSearchIndex } from '#search-index/open-search-index.ts';
import { createInteractionService } from '#trending/interaction.service.ts';
import { createTrendConsumers } from '#trending/on-interaction.consumers.ts';
import { createReplayService } from '#trending/replay.service.ts';
import { createTrendStore } from '#trending/trend.store.ts';
import { createTrendListService } from '#trending/trend-list.service.ts';
import { createTrendListStore } from '#trending/trend-list.store.ts';
import { createTrendingResolvers } from '#trending/trending.resolver.ts';
import { createTrendingService } from '#trending/trending.service.ts';
import { createTrendsJob } from '#trending/trends.job.ts';
import { typesenseSettings } from './config.ts';
import { createLoaders } from './loaders.ts';

export const wire: Wire = async ({ config, database, databaseUrl, redis, client, log }) => {
  const { pool } = database;
  const {
    index,
    workers: copying,
    close,
  } = await openSearchIndex({ config, databaseUrl, ...config.of(typesenseSettings), pool, log });
  const indexing = createIndexChangesJob({ pool, index, log });
  const changed = () => indexing.wake();
  const projection = createProjectionService({ pool, changed });
  const hitService = createHitService({ index, cache: createHitCache(redis) });
  const results = createSearchService({ hitService, viewerFilters: createViewerFilterService({ pool, client }) });
  const trends = createTrendStore(redis);
  const lists = createTrendListStore(redis, log);
  const recordInteractions = createInteractionService({ pool, store: trends });
  const trending = createTrendingResolvers({ trending: createTrendingService({ lists }) });
  const found = createSearchResolvers({ results });
  const subgraph = createSubgraph({
    name: 'search',
    typeDefs: subgraphSdl('search'),
    resolvers: { ...found, Query: { ...found.Query, ...trending } } satisfies CompleteResolvers,
    createLoaders: createLoaders({ client }),
    log,
  });
  return {
    subgraph,
    createWorkers: (bus) => [
      createAccountConsumer({ bus, projection, log }),
      createPostConsumer({ bus, projection, log }),
      createGraphConsumer({ bus, projection, log }),
      createEngagementConsumer({ bus, projection, log }),
      indexing,
      ...copying,
      createRefreshCountsJob({ pool, client, changed, log }),
      ...createTrendConsumers({ bus, recordInteractions, log }),
      createTrendsJob({
        redis,
        trendLists: createTrendListService({ pool, store: trends, lists }),
        replaying: createReplayService({ bus, recordInteractions, log }),
        log,
      }),
    ],
    close,
  };
};
