import {
  claimOf,
  deletedSince,
  type Idempotency,
  type Remember,
  requireGlobalId,
  requireViewer,
} from '@tintype/graphql';
import { globalId, parseGlobalId } from '@tintype/ids';
import { findPublishedPost, findVisiblePeople } from '#entities/entities.visibility.ts';
import type { CompleteResolvers, CreateCommentErrorCode, CreateCommentInput } from '#generated/graphql.ts';
import type { Context } from '../context.ts';
import { type ErrorCode, type InputError, inputError } from '../errors.ts';
import type { CommentModel } from './comment.model.ts';
import { checkText } from './comment.rules.ts';
import type { CommentOutcome, CommentService } from './comment.service.ts';
import { findVisibleComment, mayApprove } from './comment.visibility.ts';
import { pageOfComments } from './comment-list.service.ts';
import type { PolicyFor } from './text-policy.ts';

type Mutations = CompleteResolvers['Mutation'];
type CommentResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'comment' | 'commentsById'>;
  Mutation: Pick<
    Mutations,
    | 'createComment'
    | 'updateComment'
    | 'deleteComment'
    | 'approveComment'
    | 'pinComment'
    | 'unpinComment'
    | 'restrictComment'
  >;
  Comment: CompleteResolvers['Comment'];
};

type Payload<Code extends ErrorCode> = { comment: CommentModel | null; errors: InputError<Code>[] };

function refused<Code extends ErrorCode>(errors: InputError<Code>[]): Payload<Code> {
  return { comment: null, errors };
}

function payload<Code extends ErrorCode>(outcome: CommentOutcome<Code>, field: string): Payload<Code> {
  return 'error' in outcome ? refused([inputError(outcome.error, field)]) : { comment: outcome.comment, errors: [] };
}

export function createCommentResolvers(deps: {
  comments: CommentService;
  idempotency: Idempotency;
  policyFor: PolicyFor;
  /** The number of comments on a post, with all of this person. */
  countFor(authorId: bigint, postId: bigint): Promise<number>;
}): CommentResolvers {
  const { comments, idempotency, policyFor, countFor } = deps;

  /** The comment to which this is a reply, or null. */
  const parentOf = async (
    postId: bigint,
    parentId: string | null | undefined,
    context: Context,
  ): Promise<{ parent: CommentModel | null } | { error: 'COMMENT_NOT_FOUND' | 'REPLY_TOO_DEEP' }> => {
    if (parentId == null) return { parent: null };
    const id = parseGlobalId('Comment', parentId);
    const parent = id === null ? null : await findVisibleComment(id, context);
    if (parent?.postId !== postId) return { error: 'COMMENT_NOT_FOUND' };
    return parent.parentId === null ? { parent } : { error: 'REPLY_TOO_DEEP' };
  };

  /** The response counts the comment, although its event has not been applied yet. */
  const primeCounts = async ({ authorId, postId }: CommentModel, { loaders }: Context): Promise<void> => {
    loaders.ownEngagement.clear(postId);
    loaders.uncounted.clear(postId);
    loaders.commentCounts.clear(postId).prime(postId, await countFor(authorId, postId));
  };

  const create = async (
    input: CreateCommentInput,
    context: Context,
    remember: Remember,
  ): Promise<Payload<CreateCommentErrorCode>> => {
    const text = checkText(input.text, await policyFor(context));
    if ('errors' in text) return refused(text.errors);
    const post = await findPublishedPost(input.postId, context);
    if (!post) return refused([inputError('POST_NOT_FOUND', 'postId')]);
    const found = await parentOf(post.id, input.parentId, context);
    if ('error' in found) return refused([inputError(found.error, 'parentId')]);
    const outcome = await comments.create(context.identity, post, found.parent, text, remember);
    if ('comment' in outcome) await primeCounts(outcome.comment, context);
    return payload(outcome, 'error' in outcome && outcome.error === 'COMMENT_NOT_APPROVED' ? 'parentId' : 'postId');
  };

  const findComment = async (idText: string, context: Context): Promise<CommentModel | null> => {
    const id = parseGlobalId('Comment', idText);
    return id === null ? null : findVisibleComment(id, context);
  };

  return {
    Query: {
      comment: (_, { id }, context) => findComment(id, context),
      async commentsById(_, { ids }, { loaders }) {
        const found = await Promise.all(ids.map((id) => loaders.comments.load(id)));
        return found.filter((comment) => comment !== null);
      },
    },
    Mutation: {
      createComment(_, { input }, context, info) {
        const { userId } = requireViewer(context);
        return idempotency.once(claimOf(context.identity, info, userId, input), {
          work: (remember) => create(input, context, remember),
          isRefused: ({ comment }) => comment === null,
          async replay([id]) {
            const comment = await findVisibleComment(BigInt(id!), context);
            if (!comment) return refused([deletedSince('COMMENT_NOT_FOUND')]);
            await primeCounts(comment, context);
            return { comment, errors: [] };
          },
        });
      },
      async updateComment(_, { input }, context) {
        requireViewer(context);
        const text = checkText(input.text, await policyFor(context));
        if ('errors' in text) return refused(text.errors);
        const found = await findComment(input.commentId, context);
        if (!found) return refused([inputError('COMMENT_NOT_FOUND', 'commentId')]);
        return payload(await comments.update(context.identity, found.id, text), 'commentId');
      },
      async deleteComment(_, { input }, context) {
        const { userId } = requireViewer(context);
        const id = parseGlobalId('Comment', input.commentId);
        if (id !== null && (await comments.remove(userId, id))) {
          return { deletedCommentId: globalId('Comment', id), errors: [] };
        }
        // A visible comment by somebody else gets its own error.
        const code = id !== null && (await findVisibleComment(id, context)) ? 'COMMENT_NOT_OWNED' : 'COMMENT_NOT_FOUND';
        return { deletedCommentId: null, errors: [inputError(code, 'commentId')] };
      },
      async approveComment(_, { input }, context) {
        const { userId } = requireViewer(context);
        const found = await findComment(input.commentId, context);
        if (!found) return refused([inputError('COMMENT_NOT_FOUND', 'commentId')]);
        const outcome = await comments.approve(userId, found.id, input.editedAt ?? null);
        return payload(outcome, 'error' in outcome && outcome.error === 'COMMENT_EDITED' ? 'editedAt' : 'commentId');
      },
      async pinComment(_, { input }, context) {
        const { userId } = requireViewer(context);
        const found = await findComment(input.commentId, context);
        if (!found) return refused([inputError('COMMENT_NOT_FOUND', 'commentId')]);
        return payload(await comments.pin(userId, found.id), 'commentId');
      },
      async unpinComment(_, { input }, context) {
        const { userId } = requireViewer(context);
        const found = await findComment(input.commentId, context);
        if (!found) return refused([inputError('COMMENT_NOT_FOUND', 'commentId')]);
        return payload(await comments.unpin(userId, found.id), 'commentId');
      },
      restrictComment: (_, { id, restriction, decisionId }) => comments.restrict(id, restriction, decisionId),
    },
    Comment: {
      __resolveReference: (reference, context) => findVisibleComment(requireGlobalId('Comment', reference.id), context),
      id: ({ id }) => globalId('Comment', id),
      post: ({ postId }, _, { loaders }) => loaders.visiblePosts.load(postId),
      author: ({ authorId }) => ({ id: authorId }),
      mentions: ({ mentionedIds }, _, context) => findVisiblePeople(mentionedIds, context),
      hashtags: ({ hashtags }) => hashtags.map((key) => ({ key })),
      parent: ({ parentId }, _, context) => (parentId === null ? null : findVisibleComment(parentId, context)),
      isPinned: ({ pinnedAt }) => pinnedAt !== null,
      awaitsApproval: (comment, _, { viewer }) => mayApprove(comment, viewer?.userId),
      likeCount: async ({ id, likeCount }, _, { loaders }) =>
        (await loaders.viewerCommentLikes.load(id))?.likeCount ?? likeCount,
      viewerHasLiked: async ({ id }, _, { loaders }) => (await loaders.viewerCommentLikes.load(id))?.liked ?? false,
      replyCount: async ({ id, postId, replyCount }, _, { loaders }) =>
        replyCount + ((await loaders.uncounted.load(postId))?.replies.get(id) ?? 0),
      replies: ({ id }, args, context) => pageOfComments(id, 'REPLIES', args, context),
    },
  };
}
