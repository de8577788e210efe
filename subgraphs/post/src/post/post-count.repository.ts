import type { PostAudience } from '@tintype/policy';
import { type Executor, keysOf, query, statement } from '@tintype/postgres';

const POST_COUNT_FIND = statement(
  'post_count_find',
  `SELECT user_id AS "userId", post_count AS "forEveryone", close_friend_post_count AS "forCloseFriends"
   FROM post.author WHERE user_id = ANY(${keysOf('$1')})`,
);

/** The published posts of an author, by audience. */
export type PostCounts = { forEveryone: number; forCloseFriends: number };

export function findPostCounts(
  executor: Executor,
  authorIds: readonly bigint[],
): Promise<(PostCounts & { userId: bigint })[]> {
  return query(executor, POST_COUNT_FIND, [authorIds]);
}

const POST_COUNT_CHANGE = statement(
  'post_count_change',
  `INSERT INTO post.author AS a (user_id, post_count, close_friend_post_count) VALUES ($1, $2, $3)
   ON CONFLICT (user_id) DO UPDATE SET post_count = a.post_count + excluded.post_count,
     close_friend_post_count = a.close_friend_post_count + excluded.close_friend_post_count`,
);

/** Adds posts to the counts, or removes them. Call it in the transaction that publishes or deletes the posts. */
export async function changePostCounts(
  tx: Executor,
  authorId: bigint,
  posts: readonly { audience: PostAudience }[],
  by: 1 | -1,
): Promise<void> {
  const forEveryone = posts.filter(({ audience }) => audience === 'EVERYONE').length;
  await query(tx, POST_COUNT_CHANGE, [authorId, by * forEveryone, by * (posts.length - forEveryone)]);
}
