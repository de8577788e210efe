import { requireViewer } from '@tintype/graphql';
import type { Resolvers } from '#generated/graphql.ts';
import type { HomeService } from './home.service.ts';

export function createHomeResolvers(deps: { home: HomeService }): Resolvers {
  return {
    Query: {
      homeFeed: (_, args, context) => deps.home.page(requireViewer(context).userId, args),
    },
  };
}
