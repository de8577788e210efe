import { type Executor, keysOf, query, statement } from '@tintype/postgres';

const POST_COUNT_FIND = statement(
  'post_count_find',
  `SELECT user_id AS "userId", post_count AS "postCount" FROM post.author WHERE user_id = ANY(${keysOf('$1')})`,
);

export function findPostCounts(
  executor: Executor,
  authorIds: readonly bigint[],
): Promise<{ userId: bigint; postCount: number }[]> {
  return query(executor, POST_COUNT_FIND, [authorIds]);
}

const POST_COUNT_CHANGE = statement(
  'post_count_change',
  `INSERT INTO post.author AS a (user_id, post_count) VALUES ($1, $2)
   ON CONFLICT (user_id) DO UPDATE SET post_count = a.post_count + excluded.post_count`,
);

/** Call it in the transaction that publishes or deletes the posts. */
export async function changePostCount(tx: Executor, authorId: bigint, by: number): Promise<void> {
  await query(tx, POST_COUNT_CHANGE, [authorId, by]);
}
