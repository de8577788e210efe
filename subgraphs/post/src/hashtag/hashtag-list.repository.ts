import type { ListPart } from '@tintype/graphql';
import { type Executor, keysOf, query, statement } from '@tintype/postgres';
import type { ListedPost } from './hashtag.model.ts';

/** For each page, one range scan over an index that contains all selected columns. */
const listBy = (column: string, sortKey: string, startAt: string) => `SELECT listed.*
  FROM unnest(${keysOf('$1', 'text')}, ${keysOf('$2')}, ${keysOf('$3')}, ${keysOf('$4')})
    WITH ORDINALITY AS page(key, sort_key, id, size, ordinal)
  CROSS JOIN LATERAL (
    SELECT (page.ordinal - 1)::int AS "part!", post_id AS id, author_id AS "authorId", ${sortKey} AS "sortKey!" FROM post.post_hashtag
    WHERE key = page.key AND (${column}, post_id) < (${startAt}, page.id)
    ORDER BY ${column} DESC, post_id DESC LIMIT page.size
  ) AS listed
  ORDER BY part, "sortKey" DESC, id DESC`;

export const RECENT = statement(
  'hashtag_recent',
  listBy(
    'published_at',
    '(extract(epoch FROM published_at) * 1000)::bigint',
    'to_timestamp(page.sort_key::numeric / 1000)',
  ),
);
export const TOP = statement('hashtag_top', listBy('score', 'score', 'page.sort_key'));

const LISTS = {
  /** Newest first. */
  recent: { list: RECENT, start: 253_402_300_799_999n },
  /** Highest score first. */
  top: { list: TOP, start: 2n ** 63n - 1n },
} as const;

export type HashtagOrder = keyof typeof LISTS;

const LAST_ID = 2n ** 63n - 1n;

/** Pages of posts in the order of the list. The sort key is the time of publication in milliseconds, or the score. */
export function listPosts(
  executor: Executor,
  order: HashtagOrder,
  parts: readonly ListPart<string>[],
): Promise<(ListedPost & { part: number })[]> {
  const { list, start } = LISTS[order];
  const starts = parts.map(({ after }) => after ?? [start, LAST_ID]);
  return query(executor, list, [
    parts.map(({ parent }) => parent),
    starts.map(([sortKey]) => sortKey!),
    starts.map(([, id]) => id!),
    parts.map(({ limit }) => limit),
  ]);
}
