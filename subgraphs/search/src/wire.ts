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
import { createIndexChangesJob } from '#indexing/index-changes.job.ts';
import { createRefreshCountsJob } from '#indexing/refresh-counts.job.ts';
import { createFindService } from '#result/find.service.ts';
import { createResultResolvers } from '#result/result.resolver.ts';
import { createResultService } from '#result/result.service.ts';
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
  const subgraph = createSubgraph({
    name: 'search',
    typeDefs: subgraphSdl('search'),
    resolvers: createResultResolvers({ results }),
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
    ],
    close,
  };
};
