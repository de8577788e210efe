import type { ListPart } from '@tintype/graphql';
import { type Executor, keysOf, query, statement } from '@tintype/postgres';

/** The count stops here, because nobody needs the exact number of more than a thousand. */
export const MAX_COUNTED = 1000;

/**
 * Walks the viewer's follows in key order from the start of the page, and looks each up among the followers of the
 * other person. Both use an index only, and the number of steps is bounded by how many people one may follow. Without
 * `OFFSET 0`, Postgres could join the two lists and read all followers of a celebrity.
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
 * Walks the shorter list (the followers of the other person, or the viewer's follows) and looks each entry up in the
 * other list. From the viewer's side, people who follow several of the requested people are looked up once.
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
    parts.map(({ from }) => from?.[0] ?? 0n),
    parts.map(({ limit }) => limit),
  ]);
}

/** The number of mutual people for each, up to `MAX_COUNTED`. */
export async function countMutual(
  executor: Executor,
  viewerId: bigint,
  userIds: readonly bigint[],
): Promise<Map<string, number>> {
  const rows = await query(executor, MUTUAL_COUNTS, [viewerId, userIds]);
  return new Map(rows.map((row) => [String(row.userId), row.count]));
}
