import { type Executor, query, statement } from '@tintype/postgres';

export type CommentAuthors = { id: bigint; postId: bigint; authorId: bigint; postAuthorId: bigint };

const LIKED_COMMENT_AUTHORS = statement(
  'liked_comment_authors',
  `SELECT id, post_id AS "postId", author_id AS "authorId", post_author_id AS "postAuthorId"
  FROM engagement.comment WHERE id = ANY($1)`,
);

/** Who wrote these comments, and the posts that they are under; deleted ones too. */
export function findCommentAuthors(executor: Executor, ids: readonly bigint[]): Promise<CommentAuthors[]> {
  return query(executor, LIKED_COMMENT_AUTHORS, [ids]);
}

const LIKED_DROP = statement('liked_drop', 'DELETE FROM engagement."like" WHERE target_id = ANY($2) AND user_id = $1');

/** Likes of what is not there any more: nobody counts them, or is to be told. */
export async function dropLikes(tx: Executor, userId: bigint, targetIds: readonly bigint[]): Promise<void> {
  await query(tx, LIKED_DROP, [userId, targetIds]);
}
