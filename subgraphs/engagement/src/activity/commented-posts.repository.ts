import { type Executor, query, statement } from '@tintype/postgres';

/** One range scan over (author of the comment, author of the post, post desc). Each post is returned once. */
export const LIST_COMMENTED = statement(
  'commented_list',
  `SELECT DISTINCT post_id AS "postId" FROM engagement.comment
  WHERE author_id = $1 AND post_author_id = $2 AND post_id < $3 AND deleted_at IS NULL AND (NOT is_hidden OR author_id = $4)
  ORDER BY post_id DESC LIMIT $5`,
);

/** Higher than every snowflake: the start of a list. */
const START = 2n ** 63n - 1n;

/** An author's posts on which somebody commented, newest post first. Hidden comments count only for the commenter. */
export async function listCommented(
  executor: Executor,
  between: { commenterId: bigint; authorId: bigint; viewerId: bigint },
  after: bigint | undefined,
  limit: number,
): Promise<bigint[]> {
  const { commenterId, authorId, viewerId } = between;
  const values = [commenterId, authorId, after ?? START, viewerId, limit] as const;
  const rows = await query(executor, LIST_COMMENTED, values);
  return rows.map((row) => row.postId);
}
