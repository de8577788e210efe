import { type Executor, keysOf, query, statement } from '@tintype/postgres';
import type { PostStats } from './stats.model.ts';

const COLUMNS = `post_id AS "postId", like_count AS "likeCount", comment_count AS "commentCount", share_count AS "shareCount", version`;

export type StatsRow = PostStats & { postId: bigint };

const STATS_FIND = statement(
  'stats_find',
  `SELECT ${COLUMNS} FROM engagement.post_stats WHERE post_id = ANY(${keysOf('$1')})`,
);

export function findStats(executor: Executor, postIds: readonly bigint[]): Promise<StatsRow[]> {
  return query(executor, STATS_FIND, [postIds]);
}

const STATS_INCLUDING = statement(
  'stats_including',
  `SELECT coalesce(s.like_count, 0) AS "likeCount!", coalesce(s.version, 0) AS "version!",
     coalesce(s.comment_count, 0) AS "commentCount!",
     coalesce(s.share_count, 0) + (h.id IS NOT NULL AND NOT h.is_counted)::int AS "shareCount!"
   FROM (SELECT $1::bigint AS id) AS post
   LEFT JOIN engagement.post_stats s ON s.post_id = post.id
   LEFT JOIN engagement.share h ON h.id = $2`,
);

/**
 * Counts of a post that include one share, whether its event has been applied yet or not. The mutation that created it
 * returns these counts.
 */
export async function findStatsIncluding(
  executor: Executor,
  created: { postId: bigint; shareId: bigint },
): Promise<PostStats> {
  const [row] = await query(executor, STATS_INCLUDING, [created.postId, created.shareId]);
  return row!;
}

export type StatsDelta = { postId: bigint; likes: number; comments: number; shares: number };

const STATS_ADD = statement(
  'stats_add',
  `INSERT INTO engagement.post_stats AS s (post_id, like_count, comment_count, share_count, version)
   SELECT id, likes, comments, shares, 1 FROM unnest($1::bigint[], $2::int[], $3::int[], $4::int[])
     AS delta (id, likes, comments, shares) ORDER BY id
   ON CONFLICT (post_id) DO UPDATE SET like_count = s.like_count + excluded.like_count,
     comment_count = s.comment_count + excluded.comment_count, share_count = s.share_count + excluded.share_count,
     version = s.version + 1
   RETURNING ${COLUMNS}`,
);

/** Adds to the counts of posts. @returns the updated rows */
export function addToStats(tx: Executor, deltas: readonly StatsDelta[]): Promise<StatsRow[]> {
  return query(tx, STATS_ADD, [
    deltas.map((delta) => delta.postId),
    deltas.map((delta) => delta.likes),
    deltas.map((delta) => delta.comments),
    deltas.map((delta) => delta.shares),
  ]);
}
