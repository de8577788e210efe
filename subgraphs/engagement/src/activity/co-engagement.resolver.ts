import { pageArgs, requireViewer } from '@tintype/graphql';
import type { CompleteResolvers } from '#generated/graphql.ts';

export function createCoEngagementResolvers(deps: {
  /** Posts liked by people with similar likes. */
  coEngaged(viewerId: bigint, first: number): Promise<{ postId: bigint; score: number }[]>;
  /** The posts that somebody liked or saved last. */
  engaged(viewerId: bigint, first: number): Promise<bigint[]>;
}): Pick<CompleteResolvers['Query'], 'coEngaged' | 'engagedPosts'> {
  return {
    async coEngaged(_, args, context) {
      const { size } = pageArgs(args, 'coEngaged', 1);
      return deps.coEngaged(requireViewer(context).userId, size);
    },
    async engagedPosts(_, args, context) {
      const { size } = pageArgs(args, 'engagedPosts', 1);
      return deps.engaged(requireViewer(context).userId, size);
    },
  };
}
