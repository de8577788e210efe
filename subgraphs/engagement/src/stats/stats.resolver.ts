import type { CompleteResolvers } from '#generated/graphql.ts';
import type { PostStats } from './stats.model.ts';

/** For the owners of orders by engagement: what the table has, whoever may see the posts. */
export function createStatsResolvers(deps: {
  countsOf(postIds: readonly bigint[]): Promise<(PostStats & { postId: bigint })[]>;
}): Pick<CompleteResolvers['Query'], 'postCounts'> {
  return {
    async postCounts(_, { ids }) {
      const rows = await deps.countsOf(ids);
      return rows.map(({ postId, likeCount, commentCount, shareCount }) => ({
        id: postId,
        likeCount,
        commentCount,
        shareCount,
      }));
    },
  };
}
