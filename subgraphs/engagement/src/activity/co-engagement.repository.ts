import { type Executor, query, statement, transaction } from '@tintype/postgres';
import type pg from 'pg';

/** Limits of each step. The statement reads at most about 20,000 index entries, however much people like. */
const MINE = 50;
const LIKERS_PER_POST = 50;
const PEERS = 100;
const LIKES_PER_PEER = 100;

/**
 * Posts liked by people whose likes overlap with the viewer's. Each step reads the newest entries of an index range:
 * the posts that the viewer liked or saved, the other people who liked them, and the posts that those people like. The
 * score of a post is the sum over these people of (posts in common with the viewer) / ln(1 + number of their likes, up
 * to the limit). This is the weight of Adamic and Adar, "Friends and neighbors on the Web" (Social Networks 25, 2003):
 * somebody who likes everything counts little.
 */
export const LIST_CO_ENGAGED = statement(
  'co_engaged_list',
  `
  WITH mine AS MATERIALIZED (
    SELECT post_id FROM (
      (SELECT post_id, id, is_comment FROM engagement."like" WHERE user_id = $1 AND liked ORDER BY id DESC LIMIT ${MINE * 2})
      UNION ALL
      (SELECT post_id, id, false FROM engagement.save WHERE user_id = $1 ORDER BY id DESC LIMIT ${MINE})
    ) newest WHERE NOT is_comment GROUP BY post_id ORDER BY max(id) DESC LIMIT ${MINE}
  ), peers AS MATERIALIZED (
    SELECT liker.user_id, count(*) AS shared FROM mine CROSS JOIN LATERAL (
      SELECT user_id FROM engagement."like" WHERE target_id = mine.post_id AND liked ORDER BY id DESC LIMIT ${LIKERS_PER_POST}
    ) liker WHERE liker.user_id <> $1 GROUP BY liker.user_id ORDER BY shared DESC, liker.user_id DESC LIMIT ${PEERS}
  ), theirs AS MATERIALIZED (
    SELECT peers.shared, liked.post_id, liked.is_comment, count(*) OVER (PARTITION BY peers.user_id) AS degree
    FROM peers CROSS JOIN LATERAL (
      SELECT post_id, is_comment FROM engagement."like" WHERE user_id = peers.user_id AND liked
      ORDER BY id DESC LIMIT ${LIKES_PER_PEER}
    ) liked
  ), found AS MATERIALIZED (
    SELECT post_id, sum(shared / ln(1 + degree))::float8 AS score FROM theirs WHERE NOT is_comment GROUP BY post_id
  )
  SELECT post_id AS "postId!", score AS "score!" FROM found CROSS JOIN LATERAL (
    SELECT (SELECT liked FROM engagement."like" WHERE target_id = found.post_id AND user_id = $1) AS liked,
      (SELECT true FROM engagement.save WHERE post_id = found.post_id AND user_id = $1) AS saved
  ) known
  WHERE liked IS NOT TRUE AND saved IS NOT TRUE ORDER BY score DESC, post_id DESC LIMIT $2`,
);

/**
 * Makes each step read only the newest entries of its range. Without it, Postgres may read and sort all likes of a
 * post, because it knows only the average number. For a very popular post, that has no bound.
 */
export const IN_INDEX_ORDER = 'SET LOCAL enable_bitmapscan = off';

export type CoEngaged = { postId: bigint; score: number };

/**
 * Posts liked by people with similar likes, best first, without those that the viewer liked or saved. Does not check
 * visibility.
 */
export function listCoEngaged(pool: pg.Pool, viewerId: bigint, limit: number): Promise<CoEngaged[]> {
  return transaction(pool, async (tx) => {
    await tx.query(IN_INDEX_ORDER);
    return query(tx, LIST_CO_ENGAGED, [viewerId, limit]);
  });
}

/** One range scan each of the newest likes and the newest saves. */
const ENGAGED = statement(
  'engaged_list',
  `SELECT post_id AS "postId!" FROM (
    (SELECT post_id, id, is_comment FROM engagement."like" WHERE user_id = $1 AND liked ORDER BY id DESC LIMIT 2 * $2::int)
    UNION ALL
    (SELECT post_id, id, false FROM engagement.save WHERE user_id = $1 ORDER BY id DESC LIMIT $2)
  ) newest WHERE NOT is_comment GROUP BY post_id ORDER BY max(id) DESC LIMIT $2`,
);

/** The posts that the viewer liked or saved last, newest first. */
export async function listEngaged(executor: Executor, viewerId: bigint, limit: number): Promise<bigint[]> {
  return (await query(executor, ENGAGED, [viewerId, limit])).map((row) => row.postId);
}
