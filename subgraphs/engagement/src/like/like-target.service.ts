import { platformIdentity, requireGlobalId, type SubgraphClient } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { PostAuthorsDocument } from '@tintype/schema/internal/post';
import type { LikeTarget } from '#entities/entities.model.ts';
import { findCommentAuthors } from './like.repository.ts';

/** Finds posts and comments by their ids, whoever may see them. Deleted posts and their comments are not found. */
export type FindLikeTargets = (liked: {
  postIds: readonly bigint[];
  commentIds: readonly bigint[];
}) => Promise<Map<bigint, LikeTarget>>;

export function createFindLikeTargets(deps: { pool: Executor; client: SubgraphClient }): FindLikeTargets {
  const { pool, client } = deps;

  const posts = async (ids: readonly bigint[]): Promise<LikeTarget[]> => {
    if (ids.length === 0) return [];
    const { postsById } = await client.request(PostAuthorsDocument, { ids: ids.map(String) }, platformIdentity());
    return postsById.flatMap((post) => {
      if (!post.author) return [];
      const [id, authorId] = [requireGlobalId('Post', post.id), requireGlobalId('User', post.author.id)];
      return { id, postId: id, postAuthorId: authorId, isComment: false, targetAuthorId: authorId };
    });
  };

  const comments = async (ids: readonly bigint[]): Promise<LikeTarget[]> => {
    if (ids.length === 0) return [];
    return (await findCommentAuthors(pool, ids)).map(({ id, postId, postAuthorId, authorId }) => {
      return { id, postId, postAuthorId, isComment: true, targetAuthorId: authorId };
    });
  };

  return async ({ postIds, commentIds }) => {
    const found = await Promise.all([posts(postIds), comments(commentIds)]);
    return new Map(found.flat().map((target) => [target.id, target]));
  };
}
