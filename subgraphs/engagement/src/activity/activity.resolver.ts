import { requireViewer } from '@tintype/graphql';
import { timestampOf } from '@tintype/ids';
import { findVisibleComment } from '#comment/comment.visibility.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { ActivityService } from './activity.service.ts';

type ActivityResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'activity'>;
  Activity: CompleteResolvers['Activity'];
};

export function createActivityResolvers(deps: { activity: ActivityService }): ActivityResolvers {
  const { activity } = deps;
  return {
    Query: {
      activity: (_, { kinds, ...args }, context) => activity.page(requireViewer(context).userId, kinds ?? [], args),
    },
    Activity: {
      at: ({ id }) => new Date(timestampOf(id)),
      post: ({ postId }, _, { loaders }) => loaders.visiblePosts.load(postId),
      comment: ({ commentId }, _, context) => (commentId === null ? null : findVisibleComment(commentId, context)),
    },
  };
}
