import { type Executor, query, statement } from '@tintype/postgres';

/** The score of a post whose engagement changed. `refreshes` counts how often it was computed since the last change. */
export type StaleScore = { postId: bigint; version: bigint; refreshes: number };

const STALE_SCORE_MARK = statement(
  'stale_score_mark',
  `INSERT INTO post.stale_score AS s (post_id, refresh_at, version)
   SELECT post_id, clock_timestamp() + $3 * interval '1 millisecond', version
   FROM unnest($1::bigint[], $2::bigint[]) AS changed(post_id, version)
   WHERE EXISTS (SELECT 1 FROM post.post_hashtag p WHERE p.post_id = changed.post_id) ORDER BY post_id
   ON CONFLICT (post_id) DO UPDATE SET
     version = excluded.version, refreshes = 0, refresh_at = least(s.refresh_at, excluded.refresh_at)
   WHERE s.version < excluded.version`,
);

/**
 * Marks the scores of changed posts as stale, if the posts have hashtags. It never delays a refresh that is already
 * scheduled.
 */
export async function markScoresStale(
  executor: Executor,
  changes: readonly { postId: bigint; version: bigint }[],
  delayMs: number,
): Promise<void> {
  await query(executor, STALE_SCORE_MARK, [
    changes.map((change) => change.postId),
    changes.map((change) => change.version),
    delayMs,
  ]);
}

const STALE_SCORE_CLAIM = statement(
  'stale_score_claim',
  `WITH claimed AS (
     SELECT post_id FROM post.stale_score WHERE refresh_at <= clock_timestamp() ORDER BY refresh_at LIMIT $1
     FOR UPDATE SKIP LOCKED)
   UPDATE post.stale_score s SET refresh_at = clock_timestamp() + $2 * interval '1 millisecond'
   FROM claimed WHERE s.post_id = claimed.post_id
   RETURNING s.post_id AS "postId", s.version, s.refreshes`,
);

/** Claims stale scores, the oldest first. If the process dies, other processes can claim them again after the lease. */
export function claimStaleScores(executor: Executor, limit: number, leaseMs: number): Promise<StaleScore[]> {
  return query(executor, STALE_SCORE_CLAIM, [limit, leaseMs]);
}

const STALE_SCORE_RESCHEDULE = statement(
  'stale_score_reschedule',
  `UPDATE post.stale_score s SET refreshes = s.refreshes + 1, refresh_at = clock_timestamp() + $3 * interval '1 millisecond'
   FROM unnest($1::bigint[], $2::bigint[]) AS refreshed(post_id, version)
   WHERE s.post_id = refreshed.post_id AND s.version = refreshed.version`,
);
const STALE_SCORE_REMOVE = statement(
  'stale_score_remove',
  `DELETE FROM post.stale_score s USING unnest($1::bigint[], $2::bigint[]) AS refreshed(post_id, version)
   WHERE s.post_id = refreshed.post_id AND s.version = refreshed.version AND s.refreshes >= $3`,
);

/**
 * Records that scores were refreshed: schedules the next refresh, or removes the row after the last one. If a post
 * changed in the meantime, its version differs and its row stays as it is.
 */
export async function recordRefresh(
  executor: Executor,
  refreshed: readonly StaleScore[],
  maxRefreshes: number,
  delayMs: number,
): Promise<void> {
  const postIds = refreshed.map((score) => score.postId);
  const versions = refreshed.map((score) => score.version);
  await query(executor, STALE_SCORE_RESCHEDULE, [postIds, versions, delayMs]);
  await query(executor, STALE_SCORE_REMOVE, [postIds, versions, maxRefreshes]);
}

const SCORE_PUBLISHED_AT = statement(
  'score_published_at',
  'SELECT DISTINCT post_id AS "postId", published_at AS "publishedAt" FROM post.post_hashtag WHERE post_id = ANY($1)',
);

/** When posts that have hashtags were published. */
export function findPublicationTimes(
  executor: Executor,
  postIds: readonly bigint[],
): Promise<{ postId: bigint; publishedAt: Date }[]> {
  return query(executor, SCORE_PUBLISHED_AT, [postIds]);
}

const SCORE_UPDATE = statement(
  'score_update',
  `UPDATE post.post_hashtag p SET score = given.score FROM unnest($1::bigint[], $2::bigint[]) AS given(post_id, score)
   WHERE p.post_id = given.post_id AND p.score <> given.score`,
);

export async function updateScores(
  executor: Executor,
  scores: readonly { postId: bigint; score: bigint }[],
): Promise<void> {
  await query(executor, SCORE_UPDATE, [scores.map((one) => one.postId), scores.map((one) => one.score)]);
}
