import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { PostAuthorsDocument } from '@tintype/schema/internal/post';
import type { LikeTarget } from '#target/target.model.ts';
import { findCommentAuthors } from './liked-target.repository.ts';

/** Posts and comments by their ids, whoever may see them; what was deleted with its post, or is a deleted post, is left out. */
export type LikedTargets = (liked: {
  postIds: readonly bigint[];
  commentIds: readonly bigint[];
}) => Promise<Map<bigint, LikeTarget>>;

export function createLikedTargets(deps: { pool: Executor; client: SubgraphClient }): LikedTargets {
  const { pool, client } = deps;

  const posts = async (ids: readonly bigint[]): Promise<LikeTarget[]> => {
    if (ids.length === 0) return [];
    const { postsById } = await client.request(PostAuthorsDocument, { ids: ids.map(String) }, platformIdentity());
    return postsById.flatMap((post) => {
      if (!post.author) return [];
      const [id, authorId] = [BigInt(post.id), BigInt(post.author.id)];
      return { id, postId: id, postAuthorId: authorId, isComment: false, ownerId: authorId };
    });
  };

  const comments = async (ids: readonly bigint[]): Promise<LikeTarget[]> => {
    if (ids.length === 0) return [];
    return (await findCommentAuthors(pool, ids)).map(({ id, postId, postAuthorId, authorId }) => {
      return { id, postId, postAuthorId, isComment: true, ownerId: authorId };
    });
  };

  return async ({ postIds, commentIds }) => {
    const found = await Promise.all([posts(postIds), comments(commentIds)]);
    return new Map(found.flat().map((target) => [target.id, target]));
  };
}
