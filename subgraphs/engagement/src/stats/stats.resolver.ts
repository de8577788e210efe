import type { CompleteResolvers } from '#generated/graphql.ts';
import type { PostStats } from './stats.model.ts';

/** Counts for other subgraphs that sort by engagement. Does not check visibility. */
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
