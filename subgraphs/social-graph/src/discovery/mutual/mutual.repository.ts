import type { ListPart } from '@tintype/graphql';
import { type Executor, keysOf, query, statement } from '@tintype/postgres';

/** Counting stops here: whoever sees more than a thousand does not look at the number. */
export const MAX_COUNTED = 1000;

/**
 * Walks the viewer's follows in the order of their key, from where the page begins, and looks each up among the followers of the
 * other: both from an index alone, and as many steps as one person may follow, however many follow the other. `OFFSET 0` keeps
 * it that way: a join of the two lists would read a celebrity's followers.
 */
const MUTUAL = `SELECT f.followee_id AS "userId"
  FROM social_graph.follow f
  CROSS JOIN LATERAL (
    SELECT 1 FROM social_graph.follower b
    WHERE b.followee_id = $2 AND b.follower_id = f.followee_id OFFSET 0) AS both_follow
  WHERE f.follower_id = $1`;

export const MUTUAL_PAGES = statement(
  'mutual_pages',
  `SELECT (asked.ordinal - 1)::int AS "part!", mutual."userId"
  FROM unnest(${keysOf('$2')}, ${keysOf('$3')}, ${keysOf('$4')}) WITH ORDINALITY AS asked(id, after, size, ordinal)
  CROSS JOIN LATERAL (
    ${MUTUAL.replace('$2', 'asked.id')} AND f.followee_id > asked.after ORDER BY f.followee_id LIMIT asked.size) AS mutual
  ORDER BY asked.ordinal, mutual."userId"`,
);

/**
 * Walks whichever list is shorter, who follows the other or whom the viewer follows, and looks each up in the other list. Walked from the
 * other's side, people who follow several of those asked for are looked up once.
 */
export const MUTUAL_COUNTS = statement(
  'mutual_counts',
  `SELECT asked.id AS "userId!", counted.count
  FROM unnest($2::bigint[]) AS asked(id)
  LEFT JOIN social_graph.person ON person.user_id = asked.id
  CROSS JOIN (SELECT COALESCE((SELECT following_count FROM social_graph.person WHERE user_id = $1), 0)) AS viewer(following)
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS "count!" FROM (
      (${MUTUAL.replace('$2', 'asked.id')} AND person.follower_count > viewer.following)
      UNION ALL
      (SELECT b.follower_id
        FROM social_graph.follower b
        CROSS JOIN LATERAL (
          SELECT 1 FROM social_graph.follow f
          WHERE f.follower_id = $1 AND f.followee_id = b.follower_id OFFSET 0) AS both_follow
        WHERE b.followee_id = asked.id AND person.follower_count <= viewer.following)
      LIMIT ${MAX_COUNTED}) AS mutual) AS counted`,
);

/** People whom the viewer follows and who follow the others, in the order of their ids. */
export function listMutual(
  executor: Executor,
  viewerId: bigint,
  parts: readonly ListPart<bigint>[],
): Promise<{ part: number; userId: bigint }[]> {
  return query(executor, MUTUAL_PAGES, [
    viewerId,
    parts.map(({ parent }) => parent),
    parts.map(({ after }) => after?.[0] ?? 0n),
    parts.map(({ limit }) => limit),
  ]);
}

/** How many there are of each, up to `MAX_COUNTED`. */
export async function countMutual(
  executor: Executor,
  viewerId: bigint,
  userIds: readonly bigint[],
): Promise<Map<string, number>> {
  const rows = await query(executor, MUTUAL_COUNTS, [viewerId, userIds]);
  return new Map(rows.map((row) => [String(row.userId), row.count]));
}
