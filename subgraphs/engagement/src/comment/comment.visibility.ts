import { can, type Relation } from '@tintype/policy';
import type { Context } from '../context.ts';
import type { CommentModel } from './comment.model.ts';

/** Whether a comment waits for the approval of this person. Nobody else may learn that it waits. */
export function mayApprove({ needsApproval, postAuthorId }: CommentModel, viewerId: bigint | undefined): boolean {
  return needsApproval && postAuthorId === viewerId;
}

/** Whether a viewer who may see the post may see this comment. */
export function isCommentVisible(
  comment: CommentModel,
  relation: Relation | null,
  viewerId: bigint | undefined,
): boolean {
  if (comment.restriction === 'REMOVED') return false;
  if (comment.authorId === viewerId) return true;
  if (comment.restriction === 'HIDDEN') return false;
  const isShown = !comment.isHidden || mayApprove(comment, viewerId);
  return isShown && relation !== null && !relation.blocks && can('profile.view', relation);
}

/** The comment, if the viewer may see it, its post, and the comment that it replies to. */
export async function findVisibleComment(id: bigint, context: Context): Promise<CommentModel | null> {
  const { loaders, viewer } = context;
  const comment = await loaders.comments.load(id);
  if (!comment) return null;
  const [post, relation, parent] = await Promise.all([
    loaders.visiblePosts.load(comment.postId),
    loaders.relations.load(comment.authorId),
    comment.parentId === null ? null : findVisibleComment(comment.parentId, context),
  ]);
  const isReachable = post !== null && (comment.parentId === null || parent !== null);
  return isReachable && isCommentVisible(comment, relation, viewer?.userId) ? comment : null;
}
