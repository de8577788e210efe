import { type Executor, query, statement } from '@tintype/postgres';

const CLOSE_FRIEND_FIND = statement(
  'close_friend_find',
  'SELECT 1 FROM social_graph.close_friend WHERE owner_id = $1 AND friend_id = $2',
);

export async function isCloseFriend(tx: Executor, ownerId: bigint, friendId: bigint): Promise<boolean> {
  return (await query(tx, CLOSE_FRIEND_FIND, [ownerId, friendId])).length > 0;
}

const CLOSE_FRIEND_COUNT = statement(
  'close_friend_count',
  'SELECT count(*)::int AS "count!" FROM social_graph.close_friend WHERE owner_id = $1',
);

/** Exact while the caller holds the lock of the owner. */
export async function countCloseFriends(tx: Executor, ownerId: bigint): Promise<number> {
  return (await query(tx, CLOSE_FRIEND_COUNT, [ownerId]))[0]!.count;
}

const CLOSE_FRIEND_INSERT = statement(
  'close_friend_insert',
  'INSERT INTO social_graph.close_friend (owner_id, friend_id, id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
);

export async function insertCloseFriend(tx: Executor, ownerId: bigint, friendId: bigint, id: bigint): Promise<void> {
  await query(tx, CLOSE_FRIEND_INSERT, [ownerId, friendId, id]);
}

const CLOSE_FRIEND_DELETE = statement(
  'close_friend_delete',
  'DELETE FROM social_graph.close_friend WHERE owner_id = $1 AND friend_id = $2 RETURNING id',
);

/** @returns whether the person was a close friend */
export async function deleteCloseFriend(tx: Executor, ownerId: bigint, friendId: bigint): Promise<boolean> {
  return (await query(tx, CLOSE_FRIEND_DELETE, [ownerId, friendId])).length > 0;
}
