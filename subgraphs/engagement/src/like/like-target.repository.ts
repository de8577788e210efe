import { type Executor, query, statement } from '@tintype/postgres';

export type CommentAuthors = { id: bigint; postId: bigint; authorId: bigint; postAuthorId: bigint };

const COMMENT_AUTHORS = statement(
  'comment_authors',
  `SELECT id, post_id AS "postId", author_id AS "authorId", post_author_id AS "postAuthorId"
  FROM engagement.comment WHERE id = ANY($1)`,
);

/** The authors and posts of these comments, including deleted ones. */
export function findCommentAuthors(executor: Executor, ids: readonly bigint[]): Promise<CommentAuthors[]> {
  return query(executor, COMMENT_AUTHORS, [ids]);
}

const LIKE_DELETE = statement(
  'like_delete',
  'DELETE FROM engagement."like" WHERE target_id = ANY($2) AND user_id = $1',
);

/** Deletes likes whose target no longer exists. Nothing counts them, so there is no event. */
export async function deleteLikes(tx: Executor, userId: bigint, targetIds: readonly bigint[]): Promise<void> {
  await query(tx, LIKE_DELETE, [userId, targetIds]);
}
