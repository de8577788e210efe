import type { Connection } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { Trend } from './trend.rules.ts';
import type { TrendingService } from './trending.service.ts';

type TrendingResolvers = Pick<CompleteResolvers['Query'], 'trendingHashtags' | 'trendingPosts' | 'trendingPostIds'>;

export function createTrendingResolvers(deps: { trending: TrendingService }): TrendingResolvers {
  const { trending } = deps;
  return {
    trendingHashtags: async (_, { window, ...args }, { loaders }) =>
      withNodes(await trending.hashtags(window ?? 'DAY', args, loaders.visibleHashtags), ({ key }) => ({
        __typename: 'Hashtag' as const,
        key,
      })),
    trendingPosts: async (_, { window, ...args }, { loaders }) =>
      withNodes(await trending.posts(window ?? 'DAY', args, loaders.visiblePosts), ({ key }) => ({
        __typename: 'Post' as const,
        id: globalId('Post', BigInt(key)),
      })),
    trendingPostIds: (_, { window, first }) => trending.postIds(window ?? 'DAY', first ?? 20),
  };
}

function withNodes<Node>({ edges, pageInfo }: Connection<Trend>, nodeOf: (trend: Trend) => Node) {
  const shown = edges.map(({ cursor, node }) => ({
    cursor,
    node: nodeOf(node),
    recentPeople: Math.round(node.people),
  }));
  return { edges: shown, pageInfo };
}
