import { globalId } from '@tintype/ids';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { ExploreService } from './explore.service.ts';

export function createExploreResolvers(deps: { explore: ExploreService }): Pick<CompleteResolvers['Query'], 'explore'> {
  return {
    async explore(_, args, context) {
      const { edges, pageInfo } = await deps.explore.page(args, context);
      return {
        edges: edges.map(({ cursor, node: { postId, reason } }) => {
          return { cursor, node: { id: globalId('Post', postId) }, reason };
        }),
        pageInfo,
      };
    },
  };
}
