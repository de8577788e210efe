import { type Executor, query, statement } from '@tintype/postgres';

/** A post or comment that a person likes. */
export type Liked = { id: bigint; targetId: bigint; postId: bigint; isComment: boolean };

/** One range scan over the index (user_id, id desc) of likes. */
export const LIKED = statement(
  'erasure_liked',
  `SELECT id, target_id AS "targetId", post_id AS "postId", is_comment AS "isComment" FROM engagement."like"
  WHERE user_id = $1 AND liked AND id > $2 ORDER BY id LIMIT $3`,
);

/** What a person likes, oldest like first. */
export function listLiked(executor: Executor, userId: bigint, after: bigint, limit: number): Promise<Liked[]> {
  return query(executor, LIKED, [userId, after, limit]);
}

const ERASURE_FILTER = statement('erasure_filter', 'DELETE FROM engagement.comment_filter WHERE user_id = $1');

/** Deletes the words that hide comments on a person's posts. */
export async function deleteFilter(executor: Executor, userId: bigint): Promise<void> {
  await query(executor, ERASURE_FILTER, [userId]);
}
