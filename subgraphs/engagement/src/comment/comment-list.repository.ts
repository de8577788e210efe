import { type Executor, query } from '@tintype/postgres';

/** A comment in a list: `pinnedMs` is 0 where it is not pinned. */
export type ListedComment = { id: bigint; pinnedMs: bigint; likeCount: bigint };

const MAX = 2n ** 63n - 1n;
const LISTED = `id, coalesce((extract(epoch FROM pinned_at) * 1000)::bigint, 0) AS "pinnedMs", like_count::bigint AS "likeCount"`;

/** Each is one range scan of an index of its own; what others may not see is left out on the way. */
export const COMMENT_LISTS = {
  newest: `SELECT ${LISTED} FROM engagement.comment
    WHERE post_id = $1 AND parent_id IS NULL AND deleted_at IS NULL AND id < $2 AND (NOT is_hidden OR author_id = $3)
    ORDER BY id DESC LIMIT $4`,
  pinned: `SELECT ${LISTED} FROM engagement.comment
    WHERE post_id = $1 AND pinned_at IS NOT NULL AND deleted_at IS NULL AND pinned_at < to_timestamp($2::numeric / 1000)
      AND (NOT is_hidden OR author_id = $3)
    ORDER BY pinned_at DESC LIMIT $4`,
  top: `SELECT ${LISTED} FROM engagement.comment
    WHERE post_id = $1 AND parent_id IS NULL AND deleted_at IS NULL AND pinned_at IS NULL
      AND (like_count, id) < ($2::int, $3) AND (NOT is_hidden OR author_id = $4)
    ORDER BY like_count DESC, id DESC LIMIT $5`,
  replies: `SELECT ${LISTED} FROM engagement.comment
    WHERE parent_id = $1 AND deleted_at IS NULL AND id > $2 AND (NOT is_hidden OR author_id = $3)
    ORDER BY id LIMIT $4`,
} as const;

/** The year 9999, in milliseconds: later than every pin. */
const LAST_MS = 253_402_300_799_999n;
/** As many likes as a count can hold. */
const MOST_LIKES = 2n ** 31n - 1n;

type Part = { postId: bigint; viewerId: bigint; after: bigint[] | null; limit: number };

export function listNewest(executor: Executor, { postId, viewerId, after, limit }: Part): Promise<ListedComment[]> {
  return query(executor, 'comments_newest', COMMENT_LISTS.newest, [postId, after?.[0] ?? MAX, viewerId, limit]);
}

/** By likes, the pinned ones first. @param part.after pinned time, likes and id of the one before */
export async function listTop(executor: Executor, part: Part): Promise<ListedComment[]> {
  const { postId, viewerId, after, limit } = part;
  const [pinnedMs, likeCount, id] = after ?? [LAST_MS, MOST_LIKES, MAX];
  const inPinned = pinnedMs! > 0n;
  const pinned = inPinned
    ? await query<ListedComment>(executor, 'comments_pinned', COMMENT_LISTS.pinned, [postId, pinnedMs, viewerId, limit])
    : [];
  if (pinned.length === limit) return pinned;
  const from = inPinned ? [MOST_LIKES, MAX] : [likeCount, id];
  const values = [postId, ...from, viewerId, limit - pinned.length];
  return [...pinned, ...(await query<ListedComment>(executor, 'comments_top', COMMENT_LISTS.top, values))];
}

export function listReplies(executor: Executor, { postId, viewerId, after, limit }: Part): Promise<ListedComment[]> {
  return query(executor, 'comments_replies', COMMENT_LISTS.replies, [postId, after?.[0] ?? 0n, viewerId, limit]);
}

/** For each post the pinned comments and the most liked ones that everyone sees: candidates for its best three. */
export const TOP_OF_POSTS = `SELECT asked.id AS "postId", found.id
  FROM unnest($1::bigint[]) AS asked(id) CROSS JOIN LATERAL (
    (SELECT id, pinned_at, like_count FROM engagement.comment
      WHERE post_id = asked.id AND pinned_at IS NOT NULL AND deleted_at IS NULL AND NOT is_hidden
      ORDER BY pinned_at DESC LIMIT 3)
    UNION ALL
    (SELECT id, pinned_at, like_count FROM engagement.comment
      WHERE post_id = asked.id AND parent_id IS NULL AND deleted_at IS NULL AND pinned_at IS NULL AND NOT is_hidden
      ORDER BY like_count DESC, id DESC LIMIT $2)
  ) AS found
  ORDER BY asked.id, found.pinned_at DESC NULLS LAST, found.like_count DESC, found.id DESC`;

export function listTopOfPosts(
  executor: Executor,
  postIds: readonly bigint[],
  limit: number,
): Promise<{ postId: bigint; id: bigint }[]> {
  return query(executor, 'comments_top_of_posts', TOP_OF_POSTS, [postIds, limit]);
}
