import { type Executor, query } from '@tintype/postgres';

export type CommentAuthors = { id: bigint; postId: bigint; authorId: bigint; postAuthorId: bigint };

/** Who wrote these comments, and the posts that they are under; deleted ones too. */
export function findCommentAuthors(executor: Executor, ids: readonly bigint[]): Promise<CommentAuthors[]> {
  const text = `SELECT id, post_id AS "postId", author_id AS "authorId", post_author_id AS "postAuthorId"
    FROM engagement.comment WHERE id = ANY($1)`;
  return query(executor, 'liked_comment_authors', text, [ids]);
}

/** Likes of what is not there any more: nobody counts them, or is to be told. */
export async function dropLikes(tx: Executor, userId: bigint, targetIds: readonly bigint[]): Promise<void> {
  const text = 'DELETE FROM engagement."like" WHERE target_id = ANY($2) AND user_id = $1';
  await query(tx, 'liked_drop', text, [userId, targetIds]);
}
