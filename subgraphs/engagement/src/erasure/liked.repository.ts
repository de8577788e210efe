import { type Executor, query } from '@tintype/postgres';

/** Something that a person likes. */
export type Liked = { id: bigint; targetId: bigint; postId: bigint; isComment: boolean };

/** One range scan over the index (user_id, id desc) of likes. */
export const LIKED = `SELECT id, target_id AS "targetId", post_id AS "postId", is_comment AS "isComment" FROM engagement."like"
  WHERE user_id = $1 AND liked AND id > $2 ORDER BY id LIMIT $3`;

/** What a person likes, in the order in which they came to like it. */
export function listLiked(executor: Executor, userId: bigint, after: bigint, limit: number): Promise<Liked[]> {
  return query(executor, 'erasure_liked', LIKED, [userId, after, limit]);
}

/** Words that hid comments under a person's posts. */
export async function deleteFilter(executor: Executor, userId: bigint): Promise<void> {
  await query(executor, 'erasure_filter', 'DELETE FROM engagement.comment_filter WHERE user_id = $1', [userId]);
}
