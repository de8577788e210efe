import { type Executor, query, statement } from '@tintype/postgres';

/** Comments of one person that the counts of a post do not include: those that are new, hidden or wait for approval. */
export type UncountedComments = {
  total: number;
  /** The comments on the post that were counted at the same moment. */
  counted: number;
  /** How many of them reply to a comment, by its id. */
  replies: ReadonlyMap<bigint, number>;
  /** Up to three that are not replies, those with the most likes first. */
  topIds: readonly bigint[];
};

export const UNCOUNTED_COMMENTS = statement(
  'comment_uncounted',
  `SELECT asked.id AS "postId!", c.parent_id AS "parentId", count(c.id)::int AS "count!",
     coalesce((array_agg(c.id ORDER BY c.like_count DESC, c.id DESC) FILTER (WHERE c.id IS NOT NULL))[1:3], '{}')
       AS "topIds!",
     coalesce((SELECT s.comment_count FROM engagement.post_stats s WHERE s.post_id = asked.id), 0) AS "counted!"
   FROM unnest($1::bigint[]) AS asked(id)
   LEFT JOIN engagement.comment c ON c.post_id = asked.id AND c.author_id = $2 AND NOT c.is_counted AND c.deleted_at IS NULL
     AND c.restriction <> 'REMOVED'
   GROUP BY asked.id, c.parent_id`,
);

/** By post. A post whose comments have just been counted has none left, and the count that includes them. */
export async function findUncountedComments(
  executor: Executor,
  authorId: bigint,
  postIds: readonly bigint[],
): Promise<Map<string, UncountedComments>> {
  const rows = await query(executor, UNCOUNTED_COMMENTS, [postIds, authorId]);
  const byPost = Map.groupBy(rows, ({ postId }) => String(postId));
  return new Map([...byPost].map(([postId, parts]) => [postId, uncountedOf(parts)]));
}

type Part = { parentId: bigint | null; count: number; topIds: bigint[]; counted: number };

function uncountedOf(parts: readonly Part[]): UncountedComments {
  return {
    total: parts.reduce((sum, { count }) => sum + count, 0),
    counted: parts[0]?.counted ?? 0,
    replies: new Map(parts.flatMap(({ parentId, count }) => (parentId === null ? [] : [[parentId, count] as const]))),
    topIds: parts.find(({ parentId }) => parentId === null)?.topIds ?? [],
  };
}

const COMMENT_COUNT_FOR = statement(
  'comment_count_for',
  `SELECT coalesce((SELECT comment_count FROM engagement.post_stats WHERE post_id = $1), 0)
     + (SELECT count(*)::int FROM engagement.comment
       WHERE post_id = $1 AND author_id = $2 AND NOT is_counted AND deleted_at IS NULL
         AND restriction <> 'REMOVED') AS "count!"`,
);

/**
 * The number of comments on a post, with those of this person that are not counted, in one statement. So a comment
 * counts once, whether its event has been applied yet or not.
 */
export async function countCommentsFor(executor: Executor, authorId: bigint, postId: bigint): Promise<number> {
  return (await query(executor, COMMENT_COUNT_FOR, [postId, authorId]))[0]!.count;
}
