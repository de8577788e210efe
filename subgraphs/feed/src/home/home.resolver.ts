import { requireViewer } from '@tintype/graphql';
import { can } from '@tintype/policy';
import type { Resolvers } from '#generated/graphql.ts';
import type { Context } from '../context.ts';
import type { HomeService, Shows } from './home.service.ts';

/** Of people whom the viewer does not follow: whose posts they may see and did not mute. */
function shownTo({ loaders }: Context): Shows {
  return async (authorIds) => {
    const relations = await Promise.all(authorIds.map((id) => loaders.relations.load(id)));
    return new Set(
      authorIds.filter((_, index) => {
        const relation = relations[index];
        return relation && can('posts.view', relation) && !relation.mutes;
      }),
    );
  };
}

/** @param deps.isStale whether what is in Redis cannot be compared with Postgres at the moment */
export function createHomeResolvers(deps: { home: HomeService; isStale(): boolean }): {
  Query: Pick<NonNullable<Resolvers['Query']>, 'homeFeed'>;
} {
  return {
    Query: {
      async homeFeed(_, args, context) {
        const { edges, pageInfo } = await deps.home.page(requireViewer(context).userId, args, shownTo(context));
        return {
          edges: edges.map(({ cursor, node: { post, share, hashtag } }) => ({ cursor, node: post, share, hashtag })),
          pageInfo,
          isStale: deps.isStale(),
        };
      },
    },
  };
}
