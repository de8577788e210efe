import type { ListPart } from '@tintype/graphql';
import {
  ASCENDING,
  DESCENDING,
  type Direction,
  EDGE_MS,
  type Executor,
  keysOf,
  query,
  statement,
  statementFor,
} from '@tintype/postgres';

/** A comment in a list. `pinnedMs` is 0 if it is not pinned. */
export type ListedComment = { id: bigint; pinnedMs: bigint; likeCount: bigint };

/** The maximum of a count. */
const MOST_LIKES = 2n ** 31n - 1n;

const LISTED = `id, coalesce(floor(extract(epoch FROM pinned_at) * 1000)::bigint, 0) AS "pinnedMs!", like_count::bigint AS "likeCount!"`;
/** Comments that everyone may see, the viewer's own, and those that wait for the viewer's approval. */
const SEEN = 'deleted_at IS NULL AND (NOT is_hidden OR author_id = $1 OR (needs_approval AND post_author_id = $1))';

/** @param sortKey columns of the sort key beside which a part of the list starts @param list the query of one part */
const listStatement = (sortKey: readonly string[], list: string, order: string) => {
  const columns = ['parent', ...sortKey, 'size'];
  const arrays = columns.map((_, index) => keysOf(`$${index + 2}`));
  return `SELECT (asked.ordinal - 1)::int AS "part!", listed.id AS "id!", "pinnedMs" AS "pinnedMs!", "likeCount" AS "likeCount!"
    FROM unnest(${arrays.join()}) WITH ORDINALITY AS asked(${columns.join()}, ordinal)
    CROSS JOIN LATERAL (${list} ORDER BY ${order} LIMIT asked.size) AS listed
    ORDER BY asked.ordinal, ${order}`;
};

/**
 * Each part of a list is one range scan of an index, or two for the top comments. Hidden comments are skipped during
 * the scan.
 */
export const COMMENT_LISTS = {
  newest: statementFor('comments_newest', ['forward'], (direction: Direction) => {
    const { comparison, order } = DESCENDING[direction];
    return listStatement(
      ['position'],
      `SELECT ${LISTED} FROM engagement.comment
      WHERE post_id = asked.parent AND parent_id IS NULL AND id ${comparison} asked.position AND ${SEEN}`,
      `id ${order}`,
    );
  }),
  /** Pinned comments first, then by likes. */
  top: statementFor('comments_top', ['forward'], (direction: Direction) => {
    const { comparison, order } = DESCENDING[direction];
    return listStatement(
      ['pinned_ms', 'likes', 'position'],
      `SELECT * FROM (
      (SELECT ${LISTED} FROM engagement.comment
        WHERE post_id = asked.parent AND pinned_at IS NOT NULL AND ${SEEN}
          AND pinned_at ${comparison} to_timestamp(asked.pinned_ms::numeric / 1000)
        ORDER BY pinned_at ${order} LIMIT asked.size)
      UNION ALL
      (SELECT ${LISTED} FROM engagement.comment
        WHERE post_id = asked.parent AND parent_id IS NULL AND pinned_at IS NULL AND ${SEEN}
          AND (like_count, id) ${comparison} (asked.likes::int, asked.position)
        ORDER BY like_count ${order}, id ${order} LIMIT asked.size)) AS top`,
      `"pinnedMs" ${order}, "likeCount" ${order}, id ${order}`,
    );
  }),
  replies: statementFor('comments_replies', ['forward'], (direction: Direction) => {
    const { comparison, order } = ASCENDING[direction];
    return listStatement(
      ['position'],
      `SELECT ${LISTED} FROM engagement.comment
      WHERE parent_id = asked.parent AND id ${comparison} asked.position AND ${SEEN}`,
      `id ${order}`,
    );
  }),
};

export type CommentList = keyof typeof COMMENT_LISTS;

type SortKey = readonly bigint[];

/** Where reading starts if it starts at an end of the list. */
const EDGES: Record<CommentList, Record<Direction, SortKey>> = {
  newest: { forward: [DESCENDING.forward.edge], backward: [DESCENDING.backward.edge] },
  top: {
    forward: [EDGE_MS.forward, MOST_LIKES, DESCENDING.forward.edge],
    backward: [EDGE_MS.backward, -1n, DESCENDING.backward.edge],
  },
  replies: { forward: [ASCENDING.forward.edge], backward: [ASCENDING.backward.edge] },
};

/**
 * Where reading starts beside a comment. All comments that are not pinned come after a pinned one, however many likes
 * they have.
 */
function beside(list: CommentList, sortKey: SortKey): SortKey {
  const [pinnedMs] = sortKey;
  return list === 'top' && pinnedMs! > 0n ? [pinnedMs!, MOST_LIKES, DESCENDING.forward.edge] : sortKey;
}

/** Comments of several parts of the same kind of list, in the direction of reading. */
export function listComments(
  executor: Executor,
  list: CommentList,
  viewerId: bigint,
  parts: readonly ListPart<bigint>[],
  direction: Direction,
): Promise<(ListedComment & { part: number })[]> {
  const starts = parts.map(({ from }) => (from ? beside(list, from) : EDGES[list][direction]));
  const parents = parts.map(({ parent }) => parent);
  const sizes = parts.map(({ limit }) => limit);
  const column = (index: number) => starts.map((start) => start[index]!);
  if (list !== 'top') return query(executor, COMMENT_LISTS[list](direction), [viewerId, parents, column(0), sizes]);
  return query(executor, COMMENT_LISTS.top(direction), [viewerId, parents, column(0), column(1), column(2), sizes]);
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
