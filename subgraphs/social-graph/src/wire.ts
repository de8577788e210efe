import { createErasureConsumer, createOutbox, createRelay } from '@tintype/events';
import { createSubgraph } from '@tintype/graphql';
import { subgraphSdl } from '@tintype/schema/subgraphs';
import type { Wire } from '@tintype/service';
import { createBlockResolvers } from '#block/block.resolver.ts';
import { createBlockService } from '#block/block.service.ts';
import { createDiscoveryResolvers } from '#discovery/discovery.resolver.ts';
import { createInfluenceJob } from '#discovery/influence/influence.job.ts';
import { createInfluenceService } from '#discovery/influence/influence.service.ts';
import { createInfluencerService } from '#discovery/influence/influencer.service.ts';
import { createTopicConsumer } from '#discovery/influence/on-topic-post.consumer.ts';
import { createMarkFollowersJob } from '#discovery/suggestion/mark-followers.job.ts';
import { createSuggestionConsumer } from '#discovery/suggestion/on-graph-changed.consumer.ts';
import { createRefreshJob } from '#discovery/suggestion/refresh.job.ts';
import { createRefreshService } from '#discovery/suggestion/refresh.service.ts';
import { createSuggestionService } from '#discovery/suggestion/suggestion.service.ts';
import { createErasureSteps } from '#erasure/erasure.service.ts';
import { createPublisher } from '#follow/follow.publisher.ts';
import { createFollowResolvers } from '#follow/follow.resolver.ts';
import { createFollowService } from '#follow/follow.service.ts';
import { createRequestService } from '#follow/request.service.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { createAccountConsumer } from '#person/on-account.consumer.ts';
import { createPersonResolvers } from '#person/person.resolver.ts';
import { createPersonService } from '#person/person.service.ts';
import { createReconcileVisibilityJob } from '#person/reconcile-visibility.job.ts';
import { createVisibilityService } from '#person/visibility.service.ts';
import { createLoaders } from './loaders.ts';

export const wire: Wire = ({ database, ids, client, log }) => {
  const { pool } = database;
  const publisher = createPublisher(createOutbox({ owner: 'social-graph', ids }));
  const people = createPersonService({ pool, client });
  const follows = createFollowService({ pool, ids, people, publisher });
  const blocks = createBlockService({ pool, ids, people, publisher });
  const requests = createRequestService({ pool, follows });
  const visibility = createVisibilityService({ pool, client, requests });
  const refresh = createRefreshService({ pool, ids });
  const influence = createInfluenceService({ pool });
  const discovery = createDiscoveryResolvers({
    influencers: createInfluencerService({ pool }),
    suggestions: createSuggestionService({ pool, ids, refresh }),
  });
  const person = createPersonResolvers({ visibility });
  const follow = createFollowResolvers({ follows });
  const block = createBlockResolvers({ blocks });
  const subgraph = createSubgraph({
    name: 'social-graph',
    typeDefs: subgraphSdl('social-graph'),
    resolvers: {
      User: { ...person.User, ...discovery.User },
      Query: { ...person.Query, ...follow.Query, ...block.Query, ...discovery.Query },
      Mutation: { ...person.Mutation, ...follow.Mutation, ...block.Mutation, ...discovery.Mutation },
    } satisfies CompleteResolvers,
    createLoaders: createLoaders({ people, pool }),
    log,
  });
  return {
    subgraph,
    createWorkers: (bus) => [
      createRelay({ owner: 'social-graph', database, bus, log }),
      createAccountConsumer({ bus, visibility, log }),
      createReconcileVisibilityJob({ visibility, log }),
      createSuggestionConsumer({ bus, pool, log }),
      createMarkFollowersJob({ pool, log }),
      createRefreshJob({ pool, refresh, log }),
      createTopicConsumer({ bus, pool, log }),
      createInfluenceJob({ pool, influence, log }),
      createErasureConsumer({ bus, owner: 'social-graph', steps: createErasureSteps({ pool, publisher }), log }),
    ],
  };
};
