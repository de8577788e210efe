import type { ListPart } from '@tintype/graphql';
import { type Executor, keysOf, query, statement } from '@tintype/postgres';
import type { ListedPost } from './hashtag.model.ts';

/** For each part of a list one range scan over an index that holds all that is selected. */
const listBy = (column: string, place: string, order: string) => `SELECT listed.*
  FROM unnest(${keysOf('$1', 'text')}, ${keysOf('$2')}, ${keysOf('$3')}, ${keysOf('$4')})
    WITH ORDINALITY AS asked(key, place, id, size, ordinal)
  CROSS JOIN LATERAL (
    SELECT (asked.ordinal - 1)::int AS "part!", post_id AS id, author_id AS "authorId", ${place} AS "place!" FROM post.post_hashtag
    WHERE key = asked.key AND (${column}, post_id) < (${order}, asked.id)
    ORDER BY ${column} DESC, post_id DESC LIMIT asked.size
  ) AS listed
  ORDER BY part, place DESC, id DESC`;

export const RECENT = statement(
  'hashtag_recent',
  listBy(
    'published_at',
    '(extract(epoch FROM published_at) * 1000)::bigint',
    'to_timestamp(asked.place::numeric / 1000)',
  ),
);
export const TOP = statement('hashtag_top', listBy('score', 'score', 'asked.place'));

const LISTS = {
  /** Newest first. */
  recent: { list: RECENT, start: 253_402_300_799_999n },
  /** Highest score first. */
  top: { list: TOP, start: 2n ** 63n - 1n },
} as const;

export type HashtagOrder = keyof typeof LISTS;

const LAST_ID = 2n ** 63n - 1n;

/** Published posts of parts of one kind of list, in its order. A place is milliseconds of publication or a score, then the post's id. */
export function listPosts(
  executor: Executor,
  order: HashtagOrder,
  parts: readonly ListPart<string>[],
): Promise<(ListedPost & { part: number })[]> {
  const { list, start } = LISTS[order];
  const places = parts.map(({ after }) => after ?? [start, LAST_ID]);
  return query(executor, list, [
    parts.map(({ parent }) => parent),
    places.map(([place]) => place!),
    places.map(([, id]) => id!),
    parts.map(({ limit }) => limit),
  ]);
}
