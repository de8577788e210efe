import { createErasureConsumer, createOutbox, createRelay } from '@tintype/events';
import { createSubgraph } from '@tintype/graphql';
import { timestampOf } from '@tintype/ids';
import { isNewAccount } from '@tintype/policy';
import { subgraphSdl } from '@tintype/schema/subgraphs';
import type { Wire } from '@tintype/service';
import { createBlockResolvers } from '#block/block.resolver.ts';
import { createBlockService } from '#block/block.service.ts';
import { createCloseFriendResolvers } from '#close-friend/close-friend.resolver.ts';
import { createCloseFriendService } from '#close-friend/close-friend.service.ts';
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
import { RECORDS } from '#export/record.repository.ts';
import { createRecordResolvers } from '#export/record.resolver.ts';
import { createAcceptRequestsJob } from '#follow/accept-requests.job.ts';
import { createAcceptanceService } from '#follow/acceptance.service.ts';
import { createPublisher } from '#follow/follow.publisher.ts';
import { createFollowResolvers } from '#follow/follow.resolver.ts';
import { createFollowService } from '#follow/follow.service.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { createAccountConsumer } from '#person/on-account.consumer.ts';
import { createPersonResolvers } from '#person/person.resolver.ts';
import { createPersonService } from '#person/person.service.ts';
import { createReconcileVisibilityJob } from '#person/reconcile-visibility.job.ts';
import { createVisibilityService } from '#person/visibility.service.ts';
import { createLoaders } from './loaders.ts';

export const wire: Wire = ({ config, database, ids, client, log }) => {
  const { pool } = database;
  const publisher = createPublisher(createOutbox({ owner: 'social-graph', ids }));
  const people = createPersonService({ pool, client });
  const follows = createFollowService({
    pool,
    ids,
    people,
    publisher,
    isNew: (userId) => isNewAccount(timestampOf(userId), config.newAccountDays),
  });
  const blocks = createBlockService({ pool, ids, people, publisher });
  const accepting = createAcceptRequestsJob({ acceptances: createAcceptanceService({ pool, ids, publisher }), log });
  const visibility = createVisibilityService({ pool, client, onPublic: accepting.wake });
  const refresh = createRefreshService({ pool, ids });
  const influence = createInfluenceService({ pool });
  const discovery = createDiscoveryResolvers({
    influencers: createInfluencerService({ pool }),
    suggestions: createSuggestionService({ pool, ids, refresh }),
  });
  const person = createPersonResolvers({ visibility });
  const follow = createFollowResolvers({ follows });
  const block = createBlockResolvers({ blocks });
  const closeFriend = createCloseFriendResolvers({ closeFriends: createCloseFriendService({ pool, ids, people }) });
  const subgraph = createSubgraph({
    name: 'social-graph',
    typeDefs: subgraphSdl('social-graph'),
    resolvers: {
      User: { ...person.User, ...discovery.User },
      Query: {
        ...person.Query,
        ...follow.Query,
        ...block.Query,
        ...closeFriend.Query,
        ...discovery.Query,
        ...createRecordResolvers({ list: (kind, ...page) => RECORDS[kind](pool, ...page) }),
      },
      Mutation: {
        ...person.Mutation,
        ...follow.Mutation,
        ...block.Mutation,
        ...closeFriend.Mutation,
        ...discovery.Mutation,
      },
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
      accepting,
      createSuggestionConsumer({ bus, pool, log }),
      createMarkFollowersJob({ pool, log }),
      createRefreshJob({ pool, refresh, log }),
      createTopicConsumer({ bus, pool, log }),
      createInfluenceJob({ pool, influence, log }),
      createErasureConsumer({ bus, owner: 'social-graph', steps: createErasureSteps({ pool, publisher }), log }),
    ],
  };
};
