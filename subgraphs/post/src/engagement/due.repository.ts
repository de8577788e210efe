import { type Executor, query, statement } from '@tintype/postgres';

/** A post whose counts are to be looked up. */
export type Due = { postId: bigint; version: bigint; looks: number };

const DUE_ADD = statement(
  'due_add',
  `INSERT INTO post.engagement_due AS d (post_id, due_at, version)
   SELECT post_id, clock_timestamp() + $3 * interval '1 millisecond', version
   FROM unnest($1::bigint[], $2::bigint[]) AS changed(post_id, version)
   WHERE EXISTS (SELECT 1 FROM post.post_hashtag p WHERE p.post_id = changed.post_id) ORDER BY post_id
   ON CONFLICT (post_id) DO UPDATE SET
     version = excluded.version, looks = 0, due_at = least(d.due_at, excluded.due_at)
   WHERE d.version < excluded.version`,
);

/** Notes that the engagement of posts changed, of those that have hashtags. What is noted already is looked up no later for it. */
export async function addDue(
  executor: Executor,
  changes: readonly { postId: bigint; version: bigint }[],
  delayMs: number,
): Promise<void> {
  await query(executor, DUE_ADD, [
    changes.map((change) => change.postId),
    changes.map((change) => change.version),
    delayMs,
  ]);
}

const DUE_TAKE = statement(
  'due_take',
  `WITH taken AS (
     SELECT post_id FROM post.engagement_due WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT $1
     FOR UPDATE SKIP LOCKED)
   UPDATE post.engagement_due d SET due_at = clock_timestamp() + $2 * interval '1 millisecond'
   FROM taken WHERE d.post_id = taken.post_id
   RETURNING d.post_id AS "postId", d.version, d.looks`,
);

/** Takes posts that are due, the longest first, for so long: who dies with them leaves them to others. */
export function takeDue(executor: Executor, limit: number, leaseMs: number): Promise<Due[]> {
  return query(executor, DUE_TAKE, [limit, leaseMs]);
}

const DUE_SETTLE = statement(
  'due_settle',
  `UPDATE post.engagement_due d SET looks = d.looks + 1, due_at = clock_timestamp() + $3 * interval '1 millisecond'
   FROM unnest($1::bigint[], $2::bigint[]) AS looked(post_id, version)
   WHERE d.post_id = looked.post_id AND d.version = looked.version`,
);
const DUE_END = statement(
  'due_end',
  `DELETE FROM post.engagement_due d USING unnest($1::bigint[], $2::bigint[]) AS looked(post_id, version)
   WHERE d.post_id = looked.post_id AND d.version = looked.version AND d.looks >= $3`,
);

/** After a look: the last one ends it; the first one is followed by another. What changed meanwhile stays as it is. */
export async function settleDue(
  executor: Executor,
  looked: readonly Due[],
  looks: number,
  delayMs: number,
): Promise<void> {
  const postIds = looked.map((due) => due.postId);
  const versions = looked.map((due) => due.version);
  await query(executor, DUE_SETTLE, [postIds, versions, delayMs]);
  await query(executor, DUE_END, [postIds, versions, looks]);
}

const SCORE_PUBLISHED = statement(
  'score_published',
  'SELECT DISTINCT post_id AS "postId", published_at AS "publishedAt" FROM post.post_hashtag WHERE post_id = ANY($1)',
);

/** When posts that have hashtags were published. */
export function findPublished(
  executor: Executor,
  postIds: readonly bigint[],
): Promise<{ postId: bigint; publishedAt: Date }[]> {
  return query(executor, SCORE_PUBLISHED, [postIds]);
}

const SCORE_PUT = statement(
  'score_put',
  `UPDATE post.post_hashtag p SET score = given.score FROM unnest($1::bigint[], $2::bigint[]) AS given(post_id, score)
   WHERE p.post_id = given.post_id AND p.score <> given.score`,
);

export async function putScores(
  executor: Executor,
  scores: readonly { postId: bigint; score: bigint }[],
): Promise<void> {
  await query(executor, SCORE_PUT, [scores.map((one) => one.postId), scores.map((one) => one.score)]);
}
