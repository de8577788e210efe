import { type Executor, query } from '@tintype/postgres';
import type { Suggestion } from './suggestion.model.ts';
import { NEIGHBOURHOOD, type Weights } from './suggestion.rules.ts';

const { friends, ofEach, weighed, kept, reasons } = NEIGHBOURHOOD;

/** Milliseconds of a snowflake, without its epoch. */
const timeOf = (id: string) => `(${id} >> 22)`;

/** Scores are kept as whole numbers, so that cursors can carry them. */
const MILLIONTHS = 1_000_000;

/**
 * One statement over a bounded neighbourhood; the formula is told at `Weights`. $2 is the snowflake of now, which makes ages
 * differences of ids.
 */
const CANDIDATES = `
  WITH friend AS MATERIALIZED (
    SELECT f.followee_id AS id, f.id AS followed, ln(greatest(z.follower_count, 1)) AS fame,
      power(greatest(z.follower_count, z.following_count, 2), -$3::float8) AS weight
    FROM (SELECT followee_id, id FROM social_graph.follow
      WHERE follower_id = $1 ORDER BY id DESC LIMIT ${friends}) AS f
    JOIN social_graph.person z ON z.user_id = f.followee_id AND NOT (z.deleted OR z.deactivated)),
  viewer AS MATERIALIZED (
    SELECT least(greatest($4::float8 * (avg(fame) - ln(greatest(count(*), 1))) + $5::float8, $6::float8), $7::float8) AS lean FROM friend),
  path AS MATERIALIZED (
    SELECT next.followee_id AS person, friend.id AS via, friend.weight *
      (1 + $8::float8 * power(2, -greatest(${timeOf('$2::bigint')} - ${timeOf('greatest(friend.followed, next.id)')}, 0)
        / ($9::float8 * 86400000))) AS weight
    FROM friend CROSS JOIN LATERAL (
      SELECT followee_id, id FROM social_graph.follow
      WHERE follower_id = friend.id ORDER BY id DESC LIMIT ${ofEach}) AS next),
  hidden AS MATERIALIZED (
    SELECT $1::bigint AS person
    UNION ALL SELECT followee_id FROM social_graph.follow WHERE follower_id = $1
    UNION ALL SELECT followee_id FROM social_graph.follow_request WHERE follower_id = $1
    UNION ALL SELECT blocked_id FROM social_graph.block WHERE blocker_id = $1
    UNION ALL SELECT muted_id FROM social_graph.mute WHERE muter_id = $1
    UNION ALL SELECT person_id FROM social_graph.suggestion_dismissal WHERE viewer_id = $1),
  candidate AS MATERIALIZED (
    SELECT person, sum(weight) AS weight FROM path WHERE person NOT IN (SELECT person FROM hidden)
    GROUP BY person ORDER BY sum(weight) DESC, person LIMIT ${weighed}),
  best AS MATERIALIZED (
    SELECT c.person, (c.weight * power(greatest(p.follower_count, 1), viewer.lean) * ${MILLIONTHS})::bigint AS score
    FROM viewer CROSS JOIN candidate c
    JOIN social_graph.person p ON p.user_id = c.person AND NOT (p.deleted OR p.deactivated)
    WHERE NOT EXISTS (SELECT 1 FROM social_graph.block b WHERE b.blocker_id = c.person AND b.blocked_id = $1)
    ORDER BY score DESC, c.person DESC LIMIT ${kept})
  SELECT best.person AS "personId", best.score,
    (array_agg(path.via ORDER BY path.weight DESC, path.via))[1:${reasons}] AS reasons
  FROM best JOIN path ON path.person = best.person
  GROUP BY best.person, best.score
  ORDER BY best.score DESC, best.person DESC`;

/**
 * Friends of friends whom the viewer may want to follow, the likeliest first. Nobody who is followed, asked, hidden, dismissed or gone.
 *
 * @param now a snowflake of this moment
 */
export function findCandidates(
  executor: Executor,
  viewerId: bigint,
  now: bigint,
  weights: Weights,
): Promise<Suggestion[]> {
  const { rarity, leanSlope, leanOffset, leanBounds, recencyBonus, halfLifeDays } = weights;
  return query(executor, 'suggestion_candidates', CANDIDATES, [
    viewerId,
    now,
    rarity,
    leanSlope,
    leanOffset,
    ...leanBounds,
    recencyBonus,
    halfLifeDays,
  ]);
}
