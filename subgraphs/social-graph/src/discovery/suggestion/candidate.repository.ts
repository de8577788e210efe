import { type Executor, query, statement } from '@tintype/postgres';
import type { Suggestion } from './suggestion.model.ts';
import { NEIGHBOURHOOD, type Weights } from './suggestion.rules.ts';

const { friends, followers, ofEach, weighed, kept, reasons } = NEIGHBOURHOOD;

/** The milliseconds of a snowflake, without the epoch. */
const timeOf = (id: string) => `(${id} >> 22)`;

/** Scores are stored as whole numbers, so that cursors can hold them. */
const MILLIONTHS = 1_000_000;

/** The weight of a follow by its age. $2 is the snowflake of now, so ages are differences of ids. */
const recencyOf = (id: string) =>
  `(1 + $10::float8 * power(2, -greatest(${timeOf('$2::bigint')} - ${timeOf(id)}, 0) / ($11::float8 * 86400000)))`;

/**
 * One statement over a bounded neighbourhood. `Weights` explains the formula. The follows of a private account are not
 * public, so paths lead through private followers only if the viewer follows them, too.
 */
const CANDIDATES = statement(
  'suggestion_candidates',
  `
  WITH follower AS MATERIALIZED (
    SELECT follower_id AS id, id AS since FROM social_graph.follower
    WHERE followee_id = $1 ORDER BY id DESC LIMIT ${followers}),
  neighbour AS MATERIALIZED (
    SELECT id, max(since) AS since, sum(share) AS share, bool_or(followed) AS followed FROM (
      (SELECT followee_id AS id, id AS since, 1::float8 AS share, true AS followed FROM social_graph.follow
        WHERE follower_id = $1 ORDER BY id DESC LIMIT ${friends})
      UNION ALL SELECT id, since, $4::float8, false FROM follower) AS every
    GROUP BY id),
  friend AS MATERIALIZED (
    SELECT n.id, n.since, n.followed, n.share * power(greatest(z.follower_count, z.following_count, 2), -$3::float8) AS weight
    FROM neighbour n
    JOIN social_graph.person z ON z.user_id = n.id AND NOT (z.deleted OR z.deactivated) AND (n.followed OR NOT z.is_private)),
  path AS MATERIALIZED (
    SELECT next.followee_id AS person, CASE WHEN friend.followed THEN friend.id END AS via,
      friend.weight * ${recencyOf('greatest(friend.since, next.id)')} AS weight
    FROM friend CROSS JOIN LATERAL (
      SELECT followee_id, id FROM social_graph.follow
      WHERE follower_id = friend.id ORDER BY id DESC LIMIT ${ofEach}) AS next
    UNION ALL
    SELECT id, NULL, $5::float8 * ${recencyOf('since')} FROM follower),
  hidden AS MATERIALIZED (
    SELECT $1::bigint AS person
    UNION ALL SELECT followee_id FROM social_graph.follow WHERE follower_id = $1
    UNION ALL SELECT followee_id FROM social_graph.follow_request WHERE follower_id = $1
    UNION ALL SELECT blocked_id FROM social_graph.block WHERE blocker_id = $1
    UNION ALL SELECT muted_id FROM social_graph.mute WHERE muter_id = $1
    UNION ALL SELECT person_id FROM social_graph.suggestion_dismissal WHERE viewer_id = $1),
  found AS MATERIALIZED (
    SELECT person, sum(weight) AS weight, count(*) AS paths FROM path
    WHERE person NOT IN (SELECT person FROM hidden) GROUP BY person),
  viewer AS MATERIALIZED (
    SELECT least(greatest($7::float8 - $6::float8 * ln(sum(paths) / count(*)), $8::float8), $9::float8) AS lean FROM found),
  candidate AS MATERIALIZED (SELECT person, weight FROM found ORDER BY weight DESC, person LIMIT ${weighed}),
  best AS MATERIALIZED (
    SELECT c.person, (c.weight * power(greatest(p.follower_count, 1), viewer.lean) * ${MILLIONTHS})::bigint AS score
    FROM viewer CROSS JOIN candidate c
    JOIN social_graph.person p ON p.user_id = c.person AND NOT (p.deleted OR p.deactivated)
    WHERE NOT EXISTS (SELECT 1 FROM social_graph.block b WHERE b.blocker_id = c.person AND b.blocked_id = $1)
    ORDER BY score DESC, c.person DESC LIMIT ${kept})
  SELECT best.person AS "personId!", best.score AS "score!",
    coalesce((array_agg(path.via ORDER BY path.weight DESC, path.via) FILTER (WHERE path.via IS NOT NULL))[1:${reasons}], '{}') AS "reasons!"
  FROM best JOIN path ON path.person = best.person
  GROUP BY best.person, best.score
  ORDER BY best.score DESC, best.person DESC`,
);

/**
 * The likeliest friends of friends and followers for the viewer, best first. People who are followed, requested,
 * hidden, dismissed or deleted are left out.
 *
 * @param now a snowflake of this moment
 */
export function findCandidates(
  executor: Executor,
  viewerId: bigint,
  now: bigint,
  weights: Weights,
): Promise<Suggestion[]> {
  const { rarity, ofFollowers, ofFollower, leanSlope, leanOffset, leanBounds, recencyBonus, halfLifeDays } = weights;
  return query(executor, CANDIDATES, [
    viewerId,
    now,
    rarity,
    ofFollowers,
    ofFollower,
    leanSlope,
    leanOffset,
    ...leanBounds,
    recencyBonus,
    halfLifeDays,
  ]);
}
