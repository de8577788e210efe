import { type Executor, keysOf, query, statement, statementFor } from '@tintype/postgres';
import type { LogBatch } from '#event-log/apply.rules.ts';

const DELETED_POST_INSERT = statement(
  'deleted_post_insert',
  'INSERT INTO engagement.deleted_post (post_id) VALUES ($1) ON CONFLICT DO NOTHING',
);

/** Records that a post is deleted. Can run twice. */
export async function markPostDeleted(executor: Executor, postId: bigint): Promise<void> {
  await query(executor, DELETED_POST_INSERT, [postId]);
}

const DELETED_POST_FIND = statement(
  'deleted_post_find',
  `SELECT post_id AS id FROM engagement.deleted_post WHERE post_id = ANY(${keysOf('$1')})`,
);

/**
 * Which of these posts are deleted. A writer that calls this after its commit leaves no rows behind: either it finds
 * the record here, or the cleanup that follows the record finds the rows.
 */
export async function findDeletedPosts(executor: Executor, postIds: readonly bigint[]): Promise<Set<bigint>> {
  const rows = await query(executor, DELETED_POST_FIND, [postIds]);
  return new Set(rows.map(({ id }) => id));
}

const DELETED_POST_LIKES = statement(
  'deleted_post_likes',
  `DELETE FROM engagement."like" l USING unnest($1::bigint[], $2::bigint[]) AS batch(target_id, user_id)
   WHERE l.target_id = batch.target_id AND l.user_id = batch.user_id`,
);
const DELETED_POST_COMMENTS = statement(
  'deleted_post_comments',
  'DELETE FROM engagement.comment WHERE post_id = ANY($1) AND id = ANY($2)',
);
const DELETED_POST_STATS = statement('deleted_post_stats', 'DELETE FROM engagement.post_stats WHERE post_id = ANY($1)');

/** Deletes the rows of deleted posts that a batch of the log has written. */
export async function deleteRowsOfPosts(
  executor: Executor,
  batch: LogBatch,
  deletedIds: ReadonlySet<bigint>,
): Promise<void> {
  const likes = batch.likes.filter(({ postId }) => deletedIds.has(postId));
  await query(executor, DELETED_POST_LIKES, [likes.map((like) => like.targetId), likes.map((like) => like.userId)]);
  await query(executor, DELETED_POST_COMMENTS, [[...deletedIds], batch.commentIds]);
  await query(executor, DELETED_POST_STATS, [[...deletedIds]]);
}

/** Rows that belong to a post and whose deletion has no event. They are deleted page by page. */
const TABLES = {
  like: `DELETE FROM engagement."like" WHERE (target_id, user_id) IN
    (SELECT l.target_id, l.user_id FROM (SELECT $1::bigint AS id UNION ALL SELECT id FROM engagement.comment WHERE post_id = $1) AS t
      JOIN engagement."like" l ON l.target_id = t.id LIMIT $2)`,
  // After the likes, because these are found through the comments.
  comment: `DELETE FROM engagement.comment WHERE (post_id, id) IN
    (SELECT post_id, id FROM engagement.comment WHERE post_id = $1 LIMIT $2)`,
  save: `DELETE FROM engagement.save WHERE (user_id, post_id) IN
    (SELECT user_id, post_id FROM engagement.save WHERE post_id = $1 LIMIT $2)`,
  collection_post: `DELETE FROM engagement.collection_post WHERE (user_id, collection_id, post_id) IN
    (SELECT user_id, collection_id, post_id FROM engagement.collection_post WHERE post_id = $1 LIMIT $2)`,
  post_stats: `DELETE FROM engagement.post_stats WHERE post_id IN (SELECT $1::bigint WHERE $2 > 0)`,
  post_setting: `DELETE FROM engagement.post_setting WHERE post_id IN
    (SELECT post_id FROM engagement.post_setting WHERE post_id = $1 LIMIT $2)`,
} as const;

type Table = keyof typeof TABLES;

export const TABLES_OF_POST = Object.keys(TABLES) as Table[];

const CLEANUP = statementFor(
  'cleanup',
  TABLES_OF_POST,
  (table: Table) => `WITH deleted AS (${TABLES[table]} RETURNING 1) SELECT count(*)::int AS "count!" FROM deleted`,
);

/** @returns how many were deleted */
export async function deletePage(executor: Executor, table: Table, postId: bigint, limit: number): Promise<number> {
  return (await query(executor, CLEANUP(table), [postId, limit]))[0]!.count;
}
