import type { ListPart } from '@tintype/graphql';
import { DESCENDING, type Direction, EDGE_MS, type Executor, keysOf, query, statementFor } from '@tintype/postgres';
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
export const TOP = statementFor('hashtag_top', ['forward'], listBy('score', 'score', 'page.sort_key'));

const LISTS = {
  /** Newest first. */
  recent: { list: RECENT, edges: EDGE_MS },
  /** Highest score first. The graph reads it from the start only. */
  top: { list: TOP, edges: { forward: 2n ** 63n - 1n, backward: -(2n ** 63n) } },
} as const;

export type HashtagOrder = keyof typeof LISTS;

/** Pages of posts in the order of the list. The sort key is the time of publication in milliseconds, or the score. */
export function listPosts(
  executor: Executor,
  order: HashtagOrder,
  parts: readonly ListPart<string>[],
  direction: Direction,
): Promise<(ListedPost & { part: number })[]> {
  const { list, edges } = LISTS[order];
  const edge = [edges[direction], DESCENDING[direction].edge];
  const starts = parts.map(({ from }) => from ?? edge);
  return query(executor, list(direction), [
    parts.map(({ parent }) => parent),
    starts.map(([sortKey]) => sortKey!),
    starts.map(([, id]) => id!),
    parts.map(({ limit }) => limit),
  ]);
}
