import type { ListPart } from '@tintype/graphql';
import { type Executor, keysOf, query, statement } from '@tintype/postgres';

/** A comment in a list. `pinnedMs` is 0 if it is not pinned. */
export type ListedComment = { id: bigint; pinnedMs: bigint; likeCount: bigint };

const MAX = 2n ** 63n - 1n;
/** The year 9999 in milliseconds, later than every pin. */
const LAST_MS = 253_402_300_799_999n;
/** The maximum of a count. */
const MOST_LIKES = 2n ** 31n - 1n;

const LISTED = `id, coalesce(floor(extract(epoch FROM pinned_at) * 1000)::bigint, 0) AS "pinnedMs!", like_count::bigint AS "likeCount!"`;
/** Comments that everyone may see, and the viewer's own. */
const SEEN = 'deleted_at IS NULL AND (NOT is_hidden OR author_id = $1)';

/** @param place columns of the position after which a part of the list starts @param list the query of one part */
const listStatement = (place: readonly string[], list: string, order: string) => {
  const columns = ['parent', ...place, 'size'];
  const arrays = columns.map((_, index) => keysOf(`$${index + 2}`));
  return `SELECT (asked.ordinal - 1)::int AS "part!", listed.id AS "id!", "pinnedMs" AS "pinnedMs!", "likeCount" AS "likeCount!"
    FROM unnest(${arrays.join()}) WITH ORDINALITY AS asked(${columns.join()}, ordinal)
    CROSS JOIN LATERAL (${list} ORDER BY ${order} LIMIT asked.size) AS listed
    ORDER BY asked.ordinal, ${order}`;
};

/** Each part of a list is one range scan of an index, or two for the top comments. Hidden comments are skipped during the scan. */
export const COMMENT_LISTS = {
  newest: statement(
    'comments_newest',
    listStatement(
      ['before'],
      `SELECT ${LISTED} FROM engagement.comment
      WHERE post_id = asked.parent AND parent_id IS NULL AND id < asked.before AND ${SEEN}`,
      'id DESC',
    ),
  ),
  /** Pinned comments first, then by likes. */
  top: statement(
    'comments_top',
    listStatement(
      ['pinned_ms', 'likes', 'before'],
      `SELECT * FROM (
      (SELECT ${LISTED} FROM engagement.comment
        WHERE post_id = asked.parent AND pinned_at IS NOT NULL AND ${SEEN}
          AND pinned_at < to_timestamp(asked.pinned_ms::numeric / 1000)
        ORDER BY pinned_at DESC LIMIT asked.size)
      UNION ALL
      (SELECT ${LISTED} FROM engagement.comment
        WHERE post_id = asked.parent AND parent_id IS NULL AND pinned_at IS NULL AND ${SEEN}
          AND (like_count, id) < (asked.likes::int, asked.before)
        ORDER BY like_count DESC, id DESC LIMIT asked.size)) AS top`,
      '"pinnedMs" DESC, "likeCount" DESC, id DESC',
    ),
  ),
  replies: statement(
    'comments_replies',
    listStatement(
      ['since'],
      `SELECT ${LISTED} FROM engagement.comment WHERE parent_id = asked.parent AND id > asked.since AND ${SEEN}`,
      'id',
    ),
  ),
};

export type CommentList = keyof typeof COMMENT_LISTS;

/** The position before the first comment of a list, and the position from which to read after a comment. */
const PLACES: Record<CommentList, { start: readonly bigint[]; after(place: readonly bigint[]): readonly bigint[] }> = {
  newest: { start: [MAX], after: (place) => place },
  // A pinned comment is followed by the other pinned ones, and then by all others.
  top: {
    start: [LAST_MS, MOST_LIKES, MAX],
    after: ([pinnedMs, likes, id]) => (pinnedMs! > 0n ? [pinnedMs!, MOST_LIKES, MAX] : [0n, likes!, id!]),
  },
  replies: { start: [0n], after: (place) => place },
};

/** Comments of several parts of the same kind of list, in order. */
export function listComments(
  executor: Executor,
  list: CommentList,
  viewerId: bigint,
  parts: readonly ListPart<bigint>[],
): Promise<(ListedComment & { part: number })[]> {
  const { start, after: placeAfter } = PLACES[list];
  const places = parts.map(({ after }) => (after ? placeAfter(after) : start));
  const parents = parts.map(({ parent }) => parent);
  const sizes = parts.map(({ limit }) => limit);
  const column = (index: number) => places.map((place) => place[index]!);
  if (list !== 'top') return query(executor, COMMENT_LISTS[list], [viewerId, parents, column(0), sizes]);
  return query(executor, COMMENT_LISTS.top, [viewerId, parents, column(0), column(1), column(2), sizes]);
}

/** For each post, its pinned and most liked comments that everyone may see. */
export const TOP_OF_POSTS = statement(
  'comments_top_of_posts',
  `SELECT asked.id AS "postId!", found.id AS "id!"
  FROM unnest($1::bigint[]) AS asked(id) CROSS JOIN LATERAL (
    (SELECT id, pinned_at, like_count FROM engagement.comment
      WHERE post_id = asked.id AND pinned_at IS NOT NULL AND deleted_at IS NULL AND NOT is_hidden
      ORDER BY pinned_at DESC LIMIT 3)
    UNION ALL
    (SELECT id, pinned_at, like_count FROM engagement.comment
      WHERE post_id = asked.id AND parent_id IS NULL AND deleted_at IS NULL AND pinned_at IS NULL AND NOT is_hidden
      ORDER BY like_count DESC, id DESC LIMIT $2)
  ) AS found
  ORDER BY asked.id, found.pinned_at DESC NULLS LAST, found.like_count DESC, found.id DESC`,
);

export function listTopOfPosts(
  executor: Executor,
  postIds: readonly bigint[],
  limit: number,
): Promise<{ postId: bigint; id: bigint }[]> {
  return query(executor, TOP_OF_POSTS, [postIds, limit]);
}
