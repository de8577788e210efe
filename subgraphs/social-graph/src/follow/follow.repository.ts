import { type Executor, query, statement } from '@tintype/postgres';

type Pair = { followerId: bigint; followeeId: bigint };

const FOLLOW_FIND = statement(
  'follow_find',
  'SELECT 1 FROM social_graph.follow WHERE follower_id = $1 AND followee_id = $2',
);

export async function follows(tx: Executor, { followerId, followeeId }: Pair): Promise<boolean> {
  return (await query(tx, FOLLOW_FIND, [followerId, followeeId])).length > 0;
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
