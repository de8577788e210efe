import { type Executor, query, statement } from '@tintype/postgres';

const ACCEPTANCE_ADD = statement(
  'acceptance_add',
  `INSERT INTO social_graph.acceptance (user_id)
   SELECT $1 WHERE EXISTS (SELECT FROM social_graph.follow_request WHERE followee_id = $1)
   ON CONFLICT DO NOTHING RETURNING user_id`,
);

/**
 * Notes that the follow requests of an account are to be accepted. Call it in the transaction in which the account
 * becomes public. @returns whether there are any, and the account was not noted before
 */
export async function addAcceptance(tx: Executor, userId: bigint): Promise<boolean> {
  return (await query(tx, ACCEPTANCE_ADD, [userId])).length > 0;
}

const ACCEPTANCES = statement(
  'acceptances',
  'SELECT user_id AS "userId" FROM social_graph.acceptance ORDER BY created_at, user_id LIMIT $1',
);

/** The accounts that have waited longest. */
export async function listAcceptances(executor: Executor, limit: number): Promise<bigint[]> {
  return (await query(executor, ACCEPTANCES, [limit])).map(({ userId }) => userId);
}

const ACCEPTANCE_COUNT = statement('acceptance_count', 'SELECT count(*)::int AS "count!" FROM social_graph.acceptance');

export async function countAcceptances(executor: Executor): Promise<number> {
  return (await query(executor, ACCEPTANCE_COUNT, []))[0]!.count;
}

const ACCEPTANCE_DELETE = statement(
  'acceptance_delete',
  `DELETE FROM social_graph.acceptance WHERE user_id = $1
   AND ($2::boolean OR NOT EXISTS (SELECT FROM social_graph.follow_request WHERE followee_id = $1))`,
);

/** Ends the acceptance if no request is left, or in any case. The caller has locked the person. */
export async function endAcceptance(tx: Executor, userId: bigint, inAnyCase: boolean): Promise<void> {
  await query(tx, ACCEPTANCE_DELETE, [userId, inAnyCase]);
}

export const OLDEST_REQUESTS = statement(
  'request_oldest',
  `SELECT follower_id AS "followerId" FROM social_graph.follow_request WHERE followee_id = $1 ORDER BY id LIMIT $2`,
);

/** Who asked first to follow a person. */
export async function listOldestRequests(executor: Executor, followeeId: bigint, limit: number): Promise<bigint[]> {
  return (await query(executor, OLDEST_REQUESTS, [followeeId, limit])).map(({ followerId }) => followerId);
}

const REQUEST_DELETE_MANY = statement(
  'request_delete_many',
  `DELETE FROM social_graph.follow_request WHERE followee_id = $1 AND follower_id = ANY($2)
   RETURNING follower_id AS "followerId"`,
);

/** @returns whose requests existed */
export async function deleteRequests(
  tx: Executor,
  followeeId: bigint,
  followerIds: readonly bigint[],
): Promise<bigint[]> {
  return (await query(tx, REQUEST_DELETE_MANY, [followeeId, followerIds])).map(({ followerId }) => followerId);
}
