import { can, type Relation } from '@tintype/policy';
import type { Context } from '../context.ts';
import type { CommentModel } from './comment.model.ts';

/** Whether a viewer who may see the post may see this comment. */
export function isCommentVisible(
  comment: CommentModel,
  relation: Relation | null,
  viewerId: bigint | undefined,
): boolean {
  if (comment.authorId === viewerId) return true;
  return !comment.isHidden && relation !== null && !relation.blocks && can('profile.view', relation);
}

/** The comment, if the viewer may see it and its post. */
export async function findVisibleComment(id: bigint, { loaders, viewer }: Context): Promise<CommentModel | null> {
  const comment = await loaders.comments.load(id);
  if (!comment) return null;
  const [post, relation] = await Promise.all([
    loaders.visiblePosts.load(comment.postId),
    loaders.relations.load(comment.authorId),
  ]);
  return post && isCommentVisible(comment, relation, viewer?.userId) ? comment : null;
}
