import { requireViewer } from '@tintype/graphql';
import { timestampOf } from '@tintype/ids';
import { findVisibleComment } from '#comment/comment.visibility.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { findVisibleShare } from '#share/share.visibility.ts';
import type { Context } from '../context.ts';
import type { ActivityModel } from './activity.model.ts';
import type { ActivityService } from './activity.service.ts';

type ActivityResolvers = Pick<
  CompleteResolvers,
  'Activity' | 'PostLikeActivity' | 'CommentLikeActivity' | 'CommentActivity' | 'ShareActivity' | 'SaveActivity'
> & { Query: Pick<CompleteResolvers['Query'], 'activity'> };

const TYPES = { COMMENT: 'CommentActivity', SHARE: 'ShareActivity', SAVE: 'SaveActivity' } as const;

/** What every activity has. */
const common = {
  at: ({ id }: ActivityModel) => new Date(timestampOf(id)),
  post: ({ postId }: ActivityModel, _: object, { loaders }: Context) => loaders.visiblePosts.load(postId),
};

const comment = ({ commentId }: ActivityModel, _: object, context: Context) =>
  commentId === null ? null : findVisibleComment(commentId, context);

export function createActivityResolvers(deps: { activity: ActivityService }): ActivityResolvers {
  const { activity } = deps;
  return {
    Query: {
      activity: (_, { kinds, ...args }, context) => activity.page(requireViewer(context).userId, kinds ?? [], args),
    },
    Activity: {
      __resolveType({ kind, commentId }) {
        if (kind !== 'LIKE') return TYPES[kind];
        return commentId === null ? 'PostLikeActivity' : 'CommentLikeActivity';
      },
    },
    PostLikeActivity: common,
    CommentLikeActivity: { ...common, comment },
    CommentActivity: { ...common, comment },
    ShareActivity: { ...common, share: ({ id }, _, context) => findVisibleShare(id, context) },
    SaveActivity: common,
  };
}
