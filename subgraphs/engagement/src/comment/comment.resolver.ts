import { parseIdArgument, requireId, requireViewer } from '@tintype/graphql';
import type { Resolvers, UserErrorCode } from '#generated/graphql.ts';
import type { PostStats } from '#stats/stats.model.ts';
import { shownPeople } from '#target/people.view.ts';
import { publishedPost } from '#target/post.view.ts';
import type { Context } from '../context.ts';
import { type InputError, inputError } from '../errors.ts';
import type { CommentModel } from './comment.model.ts';
import { checkText } from './comment.rules.ts';
import type { CommentOutcome, CommentService } from './comment.service.ts';
import { shownComment } from './comment.view.ts';
import { pageOfComments } from './comment-list.service.ts';

type Mutations = NonNullable<Resolvers['Mutation']>;
type CommentResolvers = {
  Query: Pick<NonNullable<Resolvers['Query']>, 'comment'>;
  Mutation: Pick<Mutations, 'addComment' | 'editComment' | 'deleteComment' | 'pinComment' | 'unpinComment'>;
  Comment: NonNullable<Resolvers['Comment']>;
};

const refused = (errors: InputError[]) => ({ comment: null, errors });
const payload = (outcome: CommentOutcome, field: string) =>
  'error' in outcome ? refused([inputError(outcome.error, field)]) : { comment: outcome.comment, errors: [] };

export function createCommentResolvers(deps: {
  comments: CommentService;
  /** Counts of a post that include a comment. */
  countsWith(comment: { postId: bigint; commentId: bigint }): Promise<PostStats>;
}): CommentResolvers {
  const { comments, countsWith } = deps;

  /** The comment to reply to; null for none. */
  const parentOf = async (
    postId: bigint,
    parentId: string | null | undefined,
    context: Context,
  ): Promise<{ parent: CommentModel | null } | { error: UserErrorCode }> => {
    if (parentId == null) return { parent: null };
    const id = parseIdArgument(parentId);
    const parent = id === null ? null : await shownComment(id, context);
    if (parent?.postId !== postId) return { error: 'COMMENT_NOT_FOUND' };
    return parent.parentId === null ? { parent } : { error: 'REPLY_TOO_DEEP' };
  };

  const pin =
    (pinned: boolean): Mutations['pinComment'] =>
    async (_, { input }, context) => {
      const { userId } = requireViewer(context);
      const id = parseIdArgument(input.commentId);
      if (id === null || !(await shownComment(id, context)))
        return payload({ error: 'COMMENT_NOT_FOUND' }, 'commentId');
      return payload(await comments.setPinned(userId, id, pinned), 'commentId');
    };

  return {
    Query: {
      async comment(_, { id }, context) {
        const commentId = parseIdArgument(id);
        return commentId === null ? null : shownComment(commentId, context);
      },
    },
    Mutation: {
      async addComment(_, { input }, context) {
        requireViewer(context);
        const text = checkText(input.text);
        if ('errors' in text) return refused(text.errors);
        const post = await publishedPost(input.postId, context);
        if (!post) return refused([inputError('POST_NOT_FOUND', 'postId')]);
        const found = await parentOf(post.id, input.parentId, context);
        if ('error' in found) return refused([inputError(found.error, 'parentId')]);
        const outcome = await comments.add(context.pass, post, found.parent, text);
        if ('comment' in outcome) {
          const counts = await countsWith({ postId: post.id, commentId: outcome.comment.id });
          context.loaders.stats.prime(post.id, counts);
        }
        return payload(outcome, 'postId');
      },
      async editComment(_, { input }, context) {
        requireViewer(context);
        const text = checkText(input.text);
        if ('errors' in text) return refused(text.errors);
        const id = parseIdArgument(input.commentId);
        if (id === null || !(await shownComment(id, context))) {
          return payload({ error: 'COMMENT_NOT_FOUND' }, 'commentId');
        }
        return payload(await comments.edit(context.pass, id, text), 'commentId');
      },
      async deleteComment(_, { input }, context) {
        const { userId } = requireViewer(context);
        const id = parseIdArgument(input.commentId);
        if (id !== null && (await comments.remove(userId, id))) {
          return { deletedCommentId: input.commentId, errors: [] };
        }
        // Someone else's, which the viewer sees, is told apart from none.
        const code = id !== null && (await shownComment(id, context)) ? 'COMMENT_NOT_OWNED' : 'COMMENT_NOT_FOUND';
        return { deletedCommentId: null, errors: [inputError(code, 'commentId')] };
      },
      pinComment: pin(true),
      unpinComment: pin(false),
    },
    Comment: {
      __resolveReference: (reference, context) => shownComment(requireId((reference as { id: string }).id), context),
      id: ({ id }) => String(id),
      post: ({ postId }, _, { loaders }) => loaders.visiblePosts.load(postId),
      author: ({ authorId }) => ({ id: authorId }),
      mentions: ({ mentionedIds }, _, context) => shownPeople(mentionedIds, context),
      parent: ({ parentId }, _, context) => (parentId === null ? null : shownComment(parentId, context)),
      isPinned: ({ pinnedAt }) => pinnedAt !== null,
      likeCount: async ({ id, likeCount }, _, { loaders }) => (await loaders.ownLikes.load(id))?.likeCount ?? likeCount,
      viewerHasLiked: async ({ id }, _, { loaders }) => (await loaders.ownLikes.load(id))?.liked ?? false,
      replies: ({ id }, args, context) => pageOfComments(id, 'REPLIES', args, context),
    },
  };
}
