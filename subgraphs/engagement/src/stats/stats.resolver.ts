import { RequestError, requireId } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { Resolvers } from '#generated/graphql.ts';
import { findStats } from './stats.repository.ts';

/** For the owners of orders by engagement: from the table, whoever may see the posts. */
export function createStatsResolvers(deps: { pool: Executor }): Pick<NonNullable<Resolvers['Query']>, 'postCounts'> {
  return {
    async postCounts(_, { ids }, { viewer }) {
      if (viewer) throw new RequestError('FORBIDDEN', 'these counts are for what runs on behalf of nobody');
      const rows = await findStats(deps.pool, ids.map(requireId));
      return rows.map(({ postId, likeCount, commentCount, shareCount }) => ({
        id: String(postId),
        likeCount,
        commentCount,
        shareCount,
      }));
    },
  };
}
