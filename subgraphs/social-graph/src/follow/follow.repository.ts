import { firstId } from '@tintype/ids';
import { type Executor, query, statement } from '@tintype/postgres';

type Pair = { followerId: bigint; followeeId: bigint };

const FOLLOW_FIND = statement(
  'follow_find',
  'SELECT 1 FROM social_graph.follow WHERE follower_id = $1 AND followee_id = $2',
);

export async function follows(tx: Executor, { followerId, followeeId }: Pair): Promise<boolean> {
  return (await query(tx, FOLLOW_FIND, [followerId, followeeId])).length > 0;
}

/** Requests of one person are few, because the limit of new accounts counts them, too. */
export const FOLLOWS_RECENT = statement(
  'follows_recent',
  `SELECT (SELECT count(*) FROM social_graph.follow WHERE follower_id = $1 AND id >= $2)::int
     + (SELECT count(*) FROM social_graph.follow_request WHERE follower_id = $1 AND id >= $2)::int AS "count!"`,
);
const DAY_MS = 24 * 3600 * 1000;

/** How many people somebody has followed, or requested to follow, within 24 hours and still does. */
export async function countRecentFollows(tx: Executor, followerId: bigint): Promise<number> {
  return (await query(tx, FOLLOWS_RECENT, [followerId, firstId(Date.now() - DAY_MS)]))[0]!.count;
}

const FOLLOW_INSERT = statement(
  'follow_insert',
  `WITH written AS (
     INSERT INTO social_graph.follow (follower_id, followee_id, id) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING RETURNING follower_id, followee_id, id)
   INSERT INTO social_graph.follower (followee_id, follower_id, id)
   SELECT followee_id, follower_id, id FROM written
   RETURNING id`,
);

/** Writes both directions. @returns whether it was added now */
export async function insertFollow(tx: Executor, { followerId, followeeId }: Pair, id: bigint): Promise<boolean> {
  const rows = await query(tx, FOLLOW_INSERT, [followerId, followeeId, id]);
  return rows.length > 0;
}

export type NewFollow = Pair & { id: bigint };

const FOLLOW_INSERT_MANY = statement(
  'follow_insert_many',
  `WITH written AS (
     INSERT INTO social_graph.follow (follower_id, followee_id, id)
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) ORDER BY 1, 2
     ON CONFLICT DO NOTHING RETURNING follower_id, followee_id, id),
   mirrored AS (
     INSERT INTO social_graph.follower (followee_id, follower_id, id)
     SELECT followee_id, follower_id, id FROM written)
   SELECT follower_id AS "followerId", followee_id AS "followeeId", id FROM written`,
);
const FOLLOW_COUNT_MANY = statement(
  'follow_count_many',
  `UPDATE social_graph.person p SET
     following_count = following_count + moved.following, follower_count = follower_count + moved.followers
   FROM (SELECT user_id, sum(following)::int AS following, sum(followers)::int AS followers
     FROM (SELECT unnest($1::bigint[]) AS user_id, 1 AS following, 0 AS followers
       UNION ALL SELECT unnest($2::bigint[]), 0, 1) AS ends GROUP BY user_id) AS moved
   WHERE p.user_id = moved.user_id`,
);

/** Writes both directions and counts them. The caller has locked all people. @returns those that are new */
export async function insertFollows(tx: Executor, batch: readonly NewFollow[]): Promise<NewFollow[]> {
  const written = await query(tx, FOLLOW_INSERT_MANY, [
    batch.map((one) => one.followerId),
    batch.map((one) => one.followeeId),
    batch.map((one) => one.id),
  ]);
  await query(tx, FOLLOW_COUNT_MANY, [written.map((one) => one.followerId), written.map((one) => one.followeeId)]);
  return written;
}

const FOLLOW_DELETE = statement(
  'follow_delete',
  `WITH removed AS (
     DELETE FROM social_graph.follow WHERE follower_id = $1 AND followee_id = $2 RETURNING follower_id, followee_id)
   DELETE FROM social_graph.follower f USING removed r
   WHERE f.followee_id = r.followee_id AND f.follower_id = r.follower_id
   RETURNING f.id`,
);

/** Removes both directions. @returns whether it existed */
export async function deleteFollow(tx: Executor, { followerId, followeeId }: Pair): Promise<boolean> {
  const rows = await query(tx, FOLLOW_DELETE, [followerId, followeeId]);
  return rows.length > 0;
}

const REQUEST_INSERT = statement(
  'request_insert',
  `INSERT INTO social_graph.follow_request (followee_id, follower_id, id) VALUES ($2, $1, $3)
   ON CONFLICT DO NOTHING RETURNING id`,
);

export async function insertRequest(tx: Executor, { followerId, followeeId }: Pair, id: bigint): Promise<boolean> {
  const rows = await query(tx, REQUEST_INSERT, [followerId, followeeId, id]);
  return rows.length > 0;
}

const REQUEST_DELETE = statement(
  'request_delete',
  'DELETE FROM social_graph.follow_request WHERE followee_id = $2 AND follower_id = $1 RETURNING id',
);

export async function deleteRequest(tx: Executor, { followerId, followeeId }: Pair): Promise<boolean> {
  const rows = await query(tx, REQUEST_DELETE, [followerId, followeeId]);
  return rows.length > 0;
}
