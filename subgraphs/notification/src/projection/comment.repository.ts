import { type Executor, query, statement } from '@tintype/postgres';
import type { CommentProjection, Mention } from './comment.rules.ts';

const COMMENT_PUT = statement(
  'comment_put',
  `INSERT INTO notification.comment AS c
     (id, post_id, user_id, post_author_id, parent_id, parent_author_id, created_ms, is_hidden, version)
   SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5?::bigint[], $6?::bigint[], $7?::bigint[],
     $8::boolean[], $9::bigint[]) ORDER BY 1
   ON CONFLICT (id) DO UPDATE SET
     parent_author_id = coalesce(c.parent_author_id, excluded.parent_author_id),
     created_ms = coalesce(c.created_ms, excluded.created_ms),
     is_hidden = CASE WHEN excluded.version >= c.version THEN excluded.is_hidden ELSE c.is_hidden END,
     version = greatest(c.version, excluded.version)
   RETURNING id, post_id AS "postId", user_id AS "userId", post_author_id AS "postAuthorId", parent_id AS "parentId",
     parent_author_id AS "parentAuthorId", created_ms AS "createdMs", is_hidden AS "isHidden", version`,
);

/**
 * Merges events of comments into their rows, each comment once, and locks the rows.
 *
 * @returns all that is known of them
 */
export function putComments(tx: Executor, comments: readonly CommentProjection[]): Promise<CommentProjection[]> {
  return query(tx, COMMENT_PUT, [
    comments.map((comment) => comment.id),
    comments.map((comment) => comment.postId),
    comments.map((comment) => comment.userId),
    comments.map((comment) => comment.postAuthorId),
    comments.map((comment) => comment.parentId),
    comments.map((comment) => comment.parentAuthorId),
    comments.map((comment) => comment.createdMs),
    comments.map((comment) => comment.isHidden),
    comments.map((comment) => comment.version),
  ]);
}

const MENTION_PUT = statement(
  'mention_put',
  `INSERT INTO notification.comment_mention AS m (comment_id, user_id, mentioned, version)
   SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::bigint[]) ORDER BY 1, 2
   ON CONFLICT (comment_id, user_id) DO UPDATE SET mentioned = excluded.mentioned, version = excluded.version
   WHERE m.version < excluded.version`,
);

/** Writes mentions, each once. The comments must be locked. */
export async function putMentions(tx: Executor, mentions: readonly Mention[]): Promise<void> {
  await query(tx, MENTION_PUT, [
    mentions.map((mention) => mention.commentId),
    mentions.map((mention) => mention.userId),
    mentions.map((mention) => mention.mentioned),
    mentions.map((mention) => mention.version),
  ]);
}

const MENTION_FIND = statement(
  'mention_find',
  `SELECT comment_id AS "commentId", user_id AS "userId", mentioned, version
   FROM notification.comment_mention WHERE comment_id = ANY($1)`,
);

export function findMentions(tx: Executor, commentIds: readonly bigint[]): Promise<Mention[]> {
  return query(tx, MENTION_FIND, [commentIds]);
}
