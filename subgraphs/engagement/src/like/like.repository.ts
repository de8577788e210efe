import type { ListPart } from '@tintype/graphql';
import {
  DESCENDING,
  type Direction,
  type Executor,
  keysOf,
  query,
  startOf,
  statement,
  statementFor,
} from '@tintype/postgres';
import type { VersionedLike } from './like.model.ts';

const LIKE_OF_VIEWER = statement(
  'like_of_viewer',
  `SELECT target_id AS id FROM engagement."like" WHERE target_id = ANY(${keysOf('$1')}) AND user_id = $2 AND liked`,
);

/** Which of these targets a person likes. */
export async function findLiked(executor: Executor, userId: bigint, targetIds: readonly bigint[]): Promise<bigint[]> {
  return (await query(executor, LIKE_OF_VIEWER, [targetIds, userId])).map(({ id }) => id);
}

const LIKE_OF_VIEWER_WITH_COUNTS = statement(
  'like_of_viewer_with_counts',
  `SELECT asked.id AS "targetId!", l.id, l.liked, coalesce(s.like_count, c.like_count, 0) AS "likeCount!"
   FROM unnest($1::bigint[]) AS asked(id)
   LEFT JOIN engagement."like" l ON l.target_id = asked.id AND l.user_id = $2
   LEFT JOIN engagement.post_stats s ON s.post_id = asked.id
   LEFT JOIN engagement.comment c ON c.id = asked.id`,
);

/** One person's likes of these targets together with the counts of the targets, read at the same moment. */
export function findLikesWithCounts(
  executor: Executor,
  userId: bigint,
  targetIds: readonly bigint[],
): Promise<{ targetId: bigint; id: bigint | null; liked: boolean | null; likeCount: number }[]> {
  return query(executor, LIKE_OF_VIEWER_WITH_COUNTS, [targetIds, userId]);
}

const LIKE_APPLY = statement(
  'like_apply',
  `WITH written AS (
     INSERT INTO engagement."like" AS l (target_id, user_id, id, liked, post_id, is_comment, version)
     -- In a fixed order, so that two transactions that write the same rows cannot deadlock.
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[], $5::bigint[], $6::boolean[], $7::bigint[])
       AS change (target_id, user_id, id, liked, post_id, is_comment, version) ORDER BY target_id, user_id
     ON CONFLICT (target_id, user_id) DO UPDATE
       SET liked = excluded.liked, was_liked = l.liked, version = excluded.version,
         -- A repeated like keeps its place in the list of likers.
         id = CASE WHEN l.liked AND excluded.liked THEN l.id ELSE excluded.id END
       WHERE l.version < excluded.version
     RETURNING target_id, liked, was_liked)
   SELECT target_id AS "targetId", sum(liked::int - was_liked::int)::int AS "by!" FROM written GROUP BY target_id`,
);

/**
 * Writes changes of the log. A change that is older than the one that wrote the row has no effect. The row also stores
 * its previous state, because only the statement that holds the row knows it: others may change the same like at the
 * same time.
 *
 * @param changes at most one for each person and target
 * @returns by how much the number of likes of each target changed
 */
export function applyLikes(
  tx: Executor,
  changes: readonly VersionedLike[],
): Promise<{ targetId: bigint; by: number }[]> {
  return query(tx, LIKE_APPLY, [
    changes.map((change) => change.targetId),
    changes.map((change) => change.userId),
    changes.map((change) => change.id),
    changes.map((change) => change.liked),
    changes.map((change) => change.postId),
    changes.map((change) => change.isComment),
    changes.map((change) => change.version),
  ]);
}

/** Two range scans for each target: its likers among the preferred people, and its newest likers. */
export const LIST_LIKERS = statement(
  'like_likers',
  `SELECT asked.id AS "targetId!", found.user_id AS "userId!"
  FROM unnest($1::bigint[]) AS asked(id) CROSS JOIN LATERAL (
    (SELECT user_id, id, true AS preferred FROM engagement."like"
      WHERE target_id = asked.id AND user_id = ANY($2) AND liked LIMIT $3)
    UNION ALL
    (SELECT user_id, id, false FROM engagement."like"
      WHERE target_id = asked.id AND liked ORDER BY id DESC LIMIT $3)
  ) AS found
  ORDER BY found.preferred DESC, found.id DESC`,
);

/**
 * People who like these targets: first up to `limit` of the preferred, then up to `limit` others, newest first. Some
 * may be in both.
 */
export function listLikers(
  executor: Executor,
  targetIds: readonly bigint[],
  preferred: readonly bigint[],
  limit: number,
): Promise<{ targetId: bigint; userId: bigint }[]> {
  return query(executor, LIST_LIKERS, [targetIds, preferred, limit]);
}

export type CommentAuthors = { id: bigint; postId: bigint; authorId: bigint; postAuthorId: bigint };

const COMMENT_AUTHORS = statement(
  'comment_authors',
  `SELECT id, post_id AS "postId", author_id AS "authorId", post_author_id AS "postAuthorId"
  FROM engagement.comment WHERE id = ANY($1)`,
);

/** The authors and posts of these comments, including deleted ones. */
export function findCommentAuthors(executor: Executor, ids: readonly bigint[]): Promise<CommentAuthors[]> {
  return query(executor, COMMENT_AUTHORS, [ids]);
}

const LIKE_DELETE = statement(
  'like_delete',
  'DELETE FROM engagement."like" WHERE target_id = ANY($2) AND user_id = $1',
);

const LIKE_DELETE_ONE = statement(
  'like_delete_one',
  'DELETE FROM engagement."like" WHERE target_id = $2 AND user_id = $1 AND is_comment = $3 RETURNING target_id',
);

/** Deletes the like of a post or comment that no longer exists. @returns whether there was one */
export async function deleteLike(tx: Executor, userId: bigint, targetId: bigint, isComment: boolean): Promise<boolean> {
  return (await query(tx, LIKE_DELETE_ONE, [userId, targetId, isComment])).length > 0;
}

/** Deletes likes whose target no longer exists. Nothing counts them, so there is no event. */
export async function deleteLikes(tx: Executor, userId: bigint, targetIds: readonly bigint[]): Promise<void> {
  await query(tx, LIKE_DELETE, [userId, targetIds]);
}

/** One range scan for each part of a list. */
export const LIKER_LISTS = statementFor('like_liker_lists', ['forward'], (direction: Direction) => {
  const { comparison, order } = DESCENDING[direction];
  return `SELECT (asked.ordinal - 1)::int AS "part!", listed.user_id AS "userId!", listed.id AS "id!"
  FROM unnest(${keysOf('$1')}, ${keysOf('$2')}, ${keysOf('$3')}) WITH ORDINALITY AS asked(target, position, size, ordinal)
  CROSS JOIN LATERAL (SELECT user_id, id FROM engagement."like"
    WHERE target_id = asked.target AND liked AND id ${comparison} asked.position ORDER BY id ${order} LIMIT asked.size) AS listed
  ORDER BY asked.ordinal, listed.id ${order}`;
});

export type ListedLiker = { userId: bigint; id: bigint };

/** People who like a post, in several parts of lists. The most recent like comes first, or last if read backward. */
export function listLikerParts(
  executor: Executor,
  parts: readonly ListPart<bigint>[],
  direction: Direction,
): Promise<(ListedLiker & { part: number })[]> {
  return query(executor, LIKER_LISTS(direction), [
    parts.map(({ parent }) => parent),
    parts.map(({ from }) => startOf({ from: from?.[0], direction })),
    parts.map(({ limit }) => limit),
  ]);
}
