import { type Executor, keysOf, query, statement } from '@tintype/postgres';

const AUTHOR_COUNTS = statement(
  'author_counts',
  `SELECT user_id AS "userId", post_count AS "postCount" FROM post.author WHERE user_id = ANY(${keysOf('$1')})`,
);

export function findPostCounts(
  executor: Executor,
  ids: readonly bigint[],
): Promise<{ userId: bigint; postCount: number }[]> {
  return query(executor, AUTHOR_COUNTS, [ids]);
}

const AUTHOR_MOVE = statement(
  'author_move',
  `INSERT INTO post.author AS a (user_id, post_count) VALUES ($1, $2)
   ON CONFLICT (user_id) DO UPDATE SET post_count = a.post_count + excluded.post_count`,
);

/** In the transaction that publishes or deletes posts. */
export async function movePostCount(tx: Executor, userId: bigint, by: number): Promise<void> {
  await query(tx, AUTHOR_MOVE, [userId, by]);
}
