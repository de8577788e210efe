import { type Executor, query, statementFor } from '@tintype/postgres';

/** What is about a post and nobody else is told of its end: rows by post, deleted in pages. */
const TABLES = {
  like: `DELETE FROM engagement."like" WHERE (target_id, user_id) IN
    (SELECT l.target_id, l.user_id FROM (SELECT $1::bigint AS id UNION ALL SELECT id FROM engagement.comment WHERE post_id = $1) AS t
      JOIN engagement."like" l ON l.target_id = t.id LIMIT $2)`,
  // After their likes, which are found through them.
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

export const CLEANED = Object.keys(TABLES) as Table[];

const CLEANUP = statementFor(
  'cleanup',
  CLEANED,
  (table: Table) => `WITH deleted AS (${TABLES[table]} RETURNING 1) SELECT count(*)::int AS "count!" FROM deleted`,
);

/** @returns how many were deleted */
export async function deletePage(executor: Executor, table: Table, postId: bigint, limit: number): Promise<number> {
  return (await query(executor, CLEANUP(table), [postId, limit]))[0]!.count;
}
