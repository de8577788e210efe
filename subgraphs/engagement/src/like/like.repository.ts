import { type Executor, keysOf, query, statement } from '@tintype/postgres';
import type { ToldLike } from './like.model.ts';

export type StoredLike = { targetId: bigint; id: bigint; liked: boolean };

const LIKE_OWN = statement(
  'like_own',
  `SELECT target_id AS "targetId", id, liked FROM engagement."like"
  WHERE target_id = ANY(${keysOf('$1')}) AND user_id = $2`,
);

/** The newest applied words of one person about these targets. */
export function findLikes(executor: Executor, userId: bigint, targetIds: readonly bigint[]): Promise<StoredLike[]> {
  return query(executor, LIKE_OWN, [targetIds, userId]);
}

const LIKE_OWN_COUNTS = statement(
  'like_own_counts',
  `SELECT asked.id AS "targetId!", l.id, l.liked, coalesce(s.like_count, c.like_count, 0) AS "likeCount!"
   FROM unnest($1::bigint[]) AS asked(id)
   LEFT JOIN engagement."like" l ON l.target_id = asked.id AND l.user_id = $2
   LEFT JOIN engagement.post_stats s ON s.post_id = asked.id
   LEFT JOIN engagement.comment c ON c.id = asked.id`,
);

/** The same with the counts of the targets, both at one moment. */
export function findLikesWithCounts(
  executor: Executor,
  userId: bigint,
  targetIds: readonly bigint[],
): Promise<{ targetId: bigint; id: bigint | null; liked: boolean | null; likeCount: number }[]> {
  return query(executor, LIKE_OWN_COUNTS, [targetIds, userId]);
}

const LIKE_APPLY = statement(
  'like_apply',
  `WITH written AS (
     INSERT INTO engagement."like" AS l (target_id, user_id, id, liked, post_id, is_comment, version)
     -- In one order, so that two who write the same rows wait for each other and never both.
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[], $5::bigint[], $6::boolean[], $7::bigint[])
       AS told (target_id, user_id, id, liked, post_id, is_comment, version) ORDER BY target_id, user_id
     ON CONFLICT (target_id, user_id) DO UPDATE
       SET liked = excluded.liked, was_liked = l.liked, version = excluded.version,
         -- Who likes again what they like keeps their place among those who do.
         id = CASE WHEN l.liked AND excluded.liked THEN l.id ELSE excluded.id END
       WHERE l.version < excluded.version
     RETURNING target_id, liked, was_liked)
   SELECT target_id AS "targetId", sum(liked::int - was_liked::int)::int AS "by!" FROM written GROUP BY target_id`,
);

/**
 * Takes over words of the log, the newest of each pair only: what is older than the one that wrote a row changes nothing. A row
 * remembers what it was before, because only whoever holds it knows: others may change the same pair meanwhile.
 *
 * @param told at most one word of each pair
 * @returns by how much the likes of each target changed
 */
export function applyLikes(tx: Executor, told: readonly ToldLike[]): Promise<{ targetId: bigint; by: number }[]> {
  return query(tx, LIKE_APPLY, [
    told.map((one) => one.targetId),
    told.map((one) => one.userId),
    told.map((one) => one.id),
    told.map((one) => one.liked),
    told.map((one) => one.postId),
    told.map((one) => one.isComment),
    told.map((one) => one.version),
  ]);
}

/** For each target two range scans: of its likers among these people, and of its newest likers. */
export const LIST_LIKERS = statement(
  'like_likers',
  `SELECT asked.id AS "targetId!", found.user_id AS "userId!"
  FROM unnest($1::bigint[]) AS asked(id) CROSS JOIN LATERAL (
    (SELECT user_id, id, true AS preferred FROM engagement."like"
      WHERE target_id = asked.id AND user_id = ANY($2) AND liked LIMIT $3)
    UNION ALL
    (SELECT user_id, id, false FROM engagement."like"
      WHERE target_id = asked.id AND liked ORDER BY id DESC LIMIT $3)
  ) AS found
  ORDER BY found.preferred DESC, found.id DESC`,
);

/** People who like these targets, those of `preferred` first, then newest first; of each kind up to `limit`, some in both. */
export function listLikers(
  executor: Executor,
  targetIds: readonly bigint[],
  preferred: readonly bigint[],
  limit: number,
): Promise<{ targetId: bigint; userId: bigint }[]> {
  return query(executor, LIST_LIKERS, [targetIds, preferred, limit]);
}
