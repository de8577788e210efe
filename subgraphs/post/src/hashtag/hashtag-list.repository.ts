import { type Executor, query } from '@tintype/postgres';
import type { ListedPost } from './hashtag.model.ts';

/** Place in a list: milliseconds of publication or score, then the post's id. */
export type Place = { order: bigint; id: bigint };

/** For each hashtag one range scan over an index that holds all that is selected. */
const listBy = (column: string, place: string, order: string) => `SELECT listed.* FROM unnest($1::text[]) AS wanted(key)
  CROSS JOIN LATERAL (
    SELECT key, post_id AS id, author_id AS "authorId", ${place} AS place FROM post.post_hashtag
    WHERE key = wanted.key AND (${column}, post_id) < (${order}, $3)
    ORDER BY ${column} DESC, post_id DESC LIMIT $4
  ) AS listed
  ORDER BY key, place DESC, id DESC`;

export const RECENT = listBy(
  'published_at',
  '(extract(epoch FROM published_at) * 1000)::bigint',
  'to_timestamp($2::numeric / 1000)',
);
export const TOP = listBy('score', 'score', '$2::bigint');

const LISTS = {
  /** Newest first. */
  recent: { name: 'hashtag_recent', text: RECENT, start: 253_402_300_799_999n },
  /** Highest score first. */
  top: { name: 'hashtag_top', text: TOP, start: 2n ** 63n - 1n },
} as const;

export type HashtagOrder = keyof typeof LISTS;

/** Published posts of hashtags: of each so many, after the same place. */
export function listPosts(
  executor: Executor,
  order: HashtagOrder,
  keys: readonly string[],
  after: Place | null,
  limit: number,
): Promise<ListedPost[]> {
  const { name, text, start } = LISTS[order];
  const place = after ?? { order: start, id: 2n ** 63n - 1n };
  return query(executor, name, text, [keys, place.order, place.id, limit]);
}
