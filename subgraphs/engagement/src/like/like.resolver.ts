import { parseIdArgument, RequestError, requireViewer } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import type { CommentModel } from '#comment/comment.model.ts';
import { shownComment } from '#comment/comment.view.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { publishedPost } from '#target/post.view.ts';
import type { LikeTarget, PostModel } from '#target/target.model.ts';
import type { Context } from '../context.ts';
import { inputError } from '../errors.ts';
import { LogFullError } from './group-commit.ts';
import type { LikeLog } from './like.log.ts';
import type { LikedTargets } from './liked-target.service.ts';

type Mutations = CompleteResolvers['Mutation'];
type LikeMutations = Pick<Mutations, 'likePost' | 'unlikePost' | 'likeComment' | 'unlikeComment'>;

export function createLikeResolvers(deps: {
  likes: LikeLog;
  ids: IdGenerator;
  targets: LikedTargets;
  /** Removes the like of something that is not there any more. */
  drop(userId: bigint, targetId: bigint): Promise<void>;
}): LikeMutations {
  const { likes, ids, targets, drop } = deps;

  const say = async (userId: bigint, target: LikeTarget, liked: boolean): Promise<void> => {
    try {
      await likes.append({ id: ids.next(), userId, target, liked });
    } catch (error) {
      if (!(error instanceof LogFullError)) throw error;
      throw new RequestError('OVERLOADED', 'Too many likes are coming in. Try again in a moment.');
    }
  };

  /**
   * Takes back the viewer's like of something that they may not see any more. @returns whether they liked it: otherwise the answer must not
   * tell that it is there
   */
  const takeBack = async (userId: bigint, id: bigint, isComment: boolean, { loaders }: Context): Promise<boolean> => {
    if (!(await loaders.ownLikes.load(id))?.liked) return false;
    const target = (
      await targets(isComment ? { postIds: [], commentIds: [id] } : { postIds: [id], commentIds: [] })
    ).get(id);
    if (target) await say(userId, target, false);
    else await drop(userId, id);
    return true;
  };

  const post =
    (liked: boolean): Mutations['likePost'] =>
    async (_, { input }, context: Context) => {
      const { userId } = requireViewer(context);
      const found = await publishedPost(input.postId, context);
      if (found) {
        await say(userId, targetOfPost(found), liked);
        return { post: found, errors: [] };
      }
      const id = parseIdArgument(input.postId);
      const isDone = !liked && id !== null && (await takeBack(userId, id, false, context));
      return { post: null, errors: isDone ? [] : [inputError('POST_NOT_FOUND', 'postId')] };
    };

  const comment =
    (liked: boolean): Mutations['likeComment'] =>
    async (_, { input }, context: Context) => {
      const { userId } = requireViewer(context);
      const id = parseIdArgument(input.commentId);
      const found = id === null ? null : await shownComment(id, context);
      if (found) {
        await say(userId, targetOfComment(found), liked);
        return { comment: found, errors: [] };
      }
      const isDone = !liked && id !== null && (await takeBack(userId, id, true, context));
      return { comment: null, errors: isDone ? [] : [inputError('COMMENT_NOT_FOUND', 'commentId')] };
    };

  return { likePost: post(true), unlikePost: post(false), likeComment: comment(true), unlikeComment: comment(false) };
}

function targetOfPost({ id, authorId }: PostModel): LikeTarget {
  return { id, postId: id, postAuthorId: authorId, isComment: false, ownerId: authorId };
}

function targetOfComment({ id, postId, postAuthorId, authorId }: CommentModel): LikeTarget {
  return { id, postId, postAuthorId, isComment: true, ownerId: authorId };
}
