import { requireViewer } from '@tintype/graphql';
import type { Resolvers } from '#generated/graphql.ts';
import type { HomeService } from './home.service.ts';

export function createHomeResolvers(deps: { home: HomeService }): Resolvers {
  return {
    Query: {
      async homeFeed(_, args, context) {
        const { edges, pageInfo } = await deps.home.page(requireViewer(context).userId, args);
        return {
          edges: edges.map(({ cursor, node: { post, share } }) => ({ cursor, node: post, share })),
          pageInfo,
        };
      },
    },
  };
}
