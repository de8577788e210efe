import { RequestError, requireViewer } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { parseGlobalId } from '@tintype/ids';
import type { CommentModel } from '#comment/comment.model.ts';
import { findVisibleComment } from '#comment/comment.visibility.ts';
import type { LikeTarget, PostModel } from '#entities/entities.model.ts';
import { findPublishedPost } from '#entities/entities.visibility.ts';
import type { CompleteResolvers, LikeCommentInput, LikePostInput } from '#generated/graphql.ts';
import type { Context } from '../context.ts';
import { inputError } from '../errors.ts';
import { LogFullError } from './group-commit.ts';
import type { LikeLog } from './like.log.ts';
import type { FindLikeTargets } from './like-target.service.ts';

type LikeMutations = Pick<CompleteResolvers['Mutation'], 'likePost' | 'unlikePost' | 'likeComment' | 'unlikeComment'>;

export function createLikeResolvers(deps: {
  likes: LikeLog;
  ids: IdGenerator;
  findTargets: FindLikeTargets;
  /** Deletes the like of a post or comment that no longer exists. */
  deleteLike(userId: bigint, targetId: bigint, isComment: boolean): Promise<boolean>;
}): LikeMutations {
  const { likes, ids, findTargets, deleteLike } = deps;

  const append = async (userId: bigint, target: LikeTarget, liked: boolean): Promise<void> => {
    try {
      await likes.append({ id: ids.next(), userId, target, liked });
    } catch (error) {
      if (!(error instanceof LogFullError)) throw error;
      throw new RequestError('OVERLOADED', 'The server is busy. Try again in a few seconds.');
    }
  };

  /**
   * Removes the viewer's like of a target that they may no longer see. @returns whether they liked it. If not, the
   * response must not reveal that the target exists
   */
  const unlikeHidden = async (
    userId: bigint,
    id: bigint,
    isComment: boolean,
    { loaders }: Context,
  ): Promise<boolean> => {
    const likes = isComment ? loaders.viewerCommentLikes : loaders.viewerLikes;
    if (!(await likes.load(id))?.liked) return false;
    const target = (
      await findTargets(isComment ? { postIds: [], commentIds: [id] } : { postIds: [id], commentIds: [] })
    ).get(id);
    if (!target) return deleteLike(userId, id, isComment);
    await append(userId, target, false);
    return true;
  };

  const likePost = async ({ postId }: LikePostInput, liked: boolean, context: Context) => {
    const { userId } = requireViewer(context);
    const found = await findPublishedPost(postId, context);
    if (found) {
      await append(userId, targetOfPost(found), liked);
      return { post: found, errors: [] };
    }
    const id = parseGlobalId('Post', postId);
    const isDone = !liked && id !== null && (await unlikeHidden(userId, id, false, context));
    return { post: null, errors: isDone ? [] : [inputError('POST_NOT_FOUND', 'postId')] };
  };

  const likeComment = async ({ commentId }: LikeCommentInput, liked: boolean, context: Context) => {
    const { userId } = requireViewer(context);
    const id = parseGlobalId('Comment', commentId);
    const found = id === null ? null : await findVisibleComment(id, context);
    if (found) {
      await append(userId, targetOfComment(found), liked);
      return { comment: found, errors: [] };
    }
    const isDone = !liked && id !== null && (await unlikeHidden(userId, id, true, context));
    return { comment: null, errors: isDone ? [] : [inputError('COMMENT_NOT_FOUND', 'commentId')] };
  };

  return {
    likePost: (_, { input }, context) => likePost(input, true, context),
    unlikePost: (_, { input }, context) => likePost(input, false, context),
    likeComment: (_, { input }, context) => likeComment(input, true, context),
    unlikeComment: (_, { input }, context) => likeComment(input, false, context),
  };
}

function targetOfPost({ id, authorId }: PostModel): LikeTarget {
  return { id, postId: id, postAuthorId: authorId, isComment: false, targetAuthorId: authorId };
}

function targetOfComment({ id, postId, postAuthorId, authorId }: CommentModel): LikeTarget {
  return { id, postId, postAuthorId, isComment: true, targetAuthorId: authorId };
}
