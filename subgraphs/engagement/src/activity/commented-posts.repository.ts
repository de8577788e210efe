import {
  DESCENDING,
  type Direction,
  type Executor,
  type KeysetRead,
  query,
  startOf,
  statementFor,
} from '@tintype/postgres';

/**
 * The same comments as `isCommentVisible`, for a viewer who sees the commenter. A comment that waits for approval goes
 * on waiting while a moderator hides it, but the author of the post does not see it.
 */
const IS_SEEN = `restriction <> 'REMOVED' AND (NOT is_hidden OR author_id = $4
  OR (needs_approval AND post_author_id = $4 AND restriction = 'NONE'))`;

/** One range scan over (author of the comment, author of the post, post desc). Each post is returned once. */
export const LIST_COMMENTED = statementFor('commented_list', ['forward'], (direction: Direction) => {
  const { comparison, order } = DESCENDING[direction];
  return `SELECT DISTINCT post_id AS "postId" FROM engagement.comment
  WHERE author_id = $1 AND post_author_id = $2 AND post_id ${comparison} $3 AND deleted_at IS NULL
    AND ${IS_SEEN}
  ORDER BY post_id ${order} LIMIT $5`;
});

/**
 * An author's posts on which somebody commented. The newest comes first, or last if read backward. Only comments
 * that the viewer sees count.
 */
export async function listCommented(
  executor: Executor,
  between: { commenterId: bigint; authorId: bigint; viewerId: bigint },
  read: KeysetRead,
): Promise<bigint[]> {
  const { commenterId, authorId, viewerId } = between;
  const values = [commenterId, authorId, startOf(read), viewerId, read.limit] as const;
  const rows = await query(executor, LIST_COMMENTED(read.direction), values);
  return rows.map((row) => row.postId);
}
