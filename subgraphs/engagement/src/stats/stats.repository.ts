import { type Executor, query } from '@tintype/postgres';
import type { PostStats } from './stats.model.ts';

const COLUMNS = `post_id AS "postId", like_count AS "likeCount", comment_count AS "commentCount", share_count AS "shareCount", version`;

export type StatsRow = PostStats & { postId: bigint };

export function findStats(executor: Executor, postIds: readonly bigint[]): Promise<StatsRow[]> {
  return query(executor, 'stats_find', `SELECT ${COLUMNS} FROM engagement.post_stats WHERE post_id = ANY($1)`, [
    postIds,
  ]);
}

/** Locks the counts of posts in the order of their ids; makes them where there are none. */
export async function lockStats(tx: Executor, postIds: readonly bigint[]): Promise<void> {
  const add =
    'INSERT INTO engagement.post_stats (post_id) SELECT unnest($1::bigint[]) ORDER BY 1 ON CONFLICT DO NOTHING';
  await query(tx, 'stats_add', add, [postIds]);
  const lock = 'SELECT post_id FROM engagement.post_stats WHERE post_id = ANY($1) ORDER BY post_id FOR UPDATE';
  await query(tx, 'stats_lock', lock, [postIds]);
}

export type StatsMove = { postId: bigint; likes: number; comments: number; shares: number };

/** Moves counts by what was really inserted and removed, each row once. @returns the rows as they are now */
export function moveStats(tx: Executor, moves: readonly StatsMove[]): Promise<StatsRow[]> {
  return query(
    tx,
    'stats_move',
    `UPDATE engagement.post_stats SET like_count = like_count + moved.likes,
       comment_count = comment_count + moved.comments, share_count = share_count + moved.shares, version = version + 1
     FROM unnest($1::bigint[], $2::int[], $3::int[], $4::int[]) AS moved (id, likes, comments, shares)
     WHERE post_id = moved.id RETURNING ${COLUMNS}`,
    [
      moves.map((move) => move.postId),
      moves.map((move) => move.likes),
      moves.map((move) => move.comments),
      moves.map((move) => move.shares),
    ],
  );
}
