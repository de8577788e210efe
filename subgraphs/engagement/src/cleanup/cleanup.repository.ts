import { type Executor, query, statementFor } from '@tintype/postgres';

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
