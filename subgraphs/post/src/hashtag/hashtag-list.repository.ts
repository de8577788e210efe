import type { ListPart } from '@tintype/graphql';
import {
  DESCENDING,
  type Direction,
  EDGE_MS,
  type Executor,
  keysOf,
  query,
  statement,
  statementFor,
} from '@tintype/postgres';
import type { ListedPost } from './hashtag.model.ts';

/** For each page, one range scan over an index that contains all selected columns. */
const listBy = (column: string, sortKey: string, startAt: string) => (direction: Direction) => {
  const { comparison, order } = DESCENDING[direction];
  return `SELECT listed.*
  FROM unnest(${keysOf('$1', 'text')}, ${keysOf('$2')}, ${keysOf('$3')}, ${keysOf('$4')})
    WITH ORDINALITY AS page(key, sort_key, id, size, ordinal)
  CROSS JOIN LATERAL (
    SELECT (page.ordinal - 1)::int AS "part!", post_id AS id, author_id AS "authorId", ${sortKey} AS "sortKey!" FROM post.post_hashtag
    WHERE key = page.key AND (${column}, post_id) ${comparison} (${startAt}, page.id)
    ORDER BY ${column} ${order}, post_id ${order} LIMIT page.size
  ) AS listed
  ORDER BY part, "sortKey" ${order}, id ${order}`;
};

export const RECENT = statementFor(
  'hashtag_recent',
  ['forward'],
  listBy(
    'published_at',
    '(extract(epoch FROM published_at) * 1000)::bigint',
    'to_timestamp(page.sort_key::numeric / 1000)',
  ),
);
/** From the start of the list only. */
export const TOP = statement('hashtag_top', listBy('score', 'score', 'page.sort_key')('forward'));
/** At least as high as every score. */
const HIGHEST_SCORE = 2n ** 63n - 1n;

type Listed = ListedPost & { part: number };

/**
 * Parts of lists of posts, the newest first, or last if read backward. The sort key is the time of publication in
 * milliseconds.
 */
export function listRecentPosts(
  executor: Executor,
  parts: readonly ListPart<string>[],
  direction: Direction,
): Promise<Listed[]> {
  return query(executor, RECENT(direction), valuesOf(parts, [EDGE_MS[direction], DESCENDING[direction].edge]));
}

/** The same with the highest score first. The sort key is the score. */
export function listTopPosts(executor: Executor, parts: readonly ListPart<string>[]): Promise<Listed[]> {
  return query(executor, TOP, valuesOf(parts, [HIGHEST_SCORE, DESCENDING.forward.edge]));
}

/** @param edge where a part without a position starts */
function valuesOf(parts: readonly ListPart<string>[], edge: readonly bigint[]) {
  const starts = parts.map(({ from }) => from ?? edge);
  return [
    parts.map(({ parent }) => parent),
    starts.map(([sortKey]) => sortKey!),
    starts.map(([, id]) => id!),
    parts.map(({ limit }) => limit),
  ] as const;
}
