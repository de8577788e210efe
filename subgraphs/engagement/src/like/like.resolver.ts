import { parseIdArgument, RequestError, requireViewer } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import type { CommentModel } from '#comment/comment.model.ts';
import { shownComment } from '#comment/comment.view.ts';
import type { Resolvers } from '#generated/graphql.ts';
import type { LikeTarget, PostModel } from '#target/target.model.ts';
import type { Context } from '../context.ts';
import { inputError } from '../errors.ts';
import { LogFullError } from './group-commit.ts';
import type { LikeLog } from './like.log.ts';

type Mutations = NonNullable<Resolvers['Mutation']>;
type LikeMutations = Pick<Mutations, 'likePost' | 'unlikePost' | 'likeComment' | 'unlikeComment'>;

export function createLikeResolvers(deps: { likes: LikeLog; ids: IdGenerator }): LikeMutations {
  const { likes, ids } = deps;

  const say = async (userId: bigint, target: LikeTarget, liked: boolean): Promise<void> => {
    try {
      await likes.append({ id: ids.next(), userId, target, liked });
    } catch (error) {
      if (!(error instanceof LogFullError)) throw error;
      throw new RequestError('OVERLOADED', 'too many likes are coming in: try again in a moment');
    }
  };

  const post =
    (liked: boolean): Mutations['likePost'] =>
    async (_, { input }, context: Context) => {
      const { userId } = requireViewer(context);
      const id = parseIdArgument(input.postId);
      const found = id === null ? null : await context.loaders.visiblePosts.load(id);
      if (!found) return { post: null, errors: [inputError('POST_NOT_FOUND', 'postId')] };
      await say(userId, targetOfPost(found), liked);
      return { post: found, errors: [] };
    };

  const comment =
    (liked: boolean): Mutations['likeComment'] =>
    async (_, { input }, context: Context) => {
      const { userId } = requireViewer(context);
      const id = parseIdArgument(input.commentId);
      const found = id === null ? null : await shownComment(id, context);
      if (!found) return { comment: null, errors: [inputError('COMMENT_NOT_FOUND', 'commentId')] };
      await say(userId, targetOfComment(found), liked);
      return { comment: found, errors: [] };
    };

  return { likePost: post(true), unlikePost: post(false), likeComment: comment(true), unlikeComment: comment(false) };
}

function targetOfPost({ id, authorId }: PostModel): LikeTarget {
  return { id, postId: id, postAuthorId: authorId, isComment: false, ownerId: authorId };
}

function targetOfComment({ id, postId, postAuthorId, authorId }: CommentModel): LikeTarget {
  return { id, postId, postAuthorId, isComment: true, ownerId: authorId };
}
