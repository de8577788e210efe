import type { EventEnvelope } from '@tintype/events';
import { type Executor, query, statement } from '@tintype/postgres';
import type { StatsRow } from '#stats/stats.repository.ts';

const REBUILD_LOG = statement(
  'rebuild_log',
  `SELECT position, id, type, subject, data, occurred_at AS "occurredAt" FROM engagement.outbox
   WHERE position > $1 AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY position LIMIT $2`,
);

/** The next events of the log, in the form in which a consumer gets them. */
export async function readLog(executor: Executor, after: bigint, limit: number): Promise<EventEnvelope[]> {
  const rows = await query(executor, REBUILD_LOG, [after, limit]);
  return rows.map((row) => ({
    specversion: '1.0',
    id: String(row.id),
    source: '/tintype/engagement',
    type: row.type,
    subject: row.subject,
    time: row.occurredAt.toISOString(),
    datacontenttype: 'application/json',
    sequence: String(row.position),
    data: row.data,
  }));
}

const REBUILD_POSTS = statement(
  'rebuild_posts',
  `SELECT DISTINCT id AS "id!" FROM (
     (SELECT post_id AS id FROM engagement.post_stats WHERE post_id > $1 ORDER BY 1 LIMIT $2)
     UNION ALL (SELECT DISTINCT target_id FROM engagement."like" WHERE target_id > $1 AND NOT is_comment ORDER BY 1 LIMIT $2)
     UNION ALL (SELECT DISTINCT post_id FROM engagement.comment WHERE post_id > $1 ORDER BY 1 LIMIT $2)
     UNION ALL (SELECT DISTINCT post_id FROM engagement.share WHERE post_id > $1 AND deleted_at IS NULL ORDER BY 1 LIMIT $2)
   ) AS known ORDER BY id LIMIT $2`,
);

/** The next posts with any engagement. */
export async function listPosts(executor: Executor, after: bigint, limit: number): Promise<bigint[]> {
  const rows = await query(executor, REBUILD_POSTS, [after, limit]);
  return rows.map((row) => row.id);
}

const REBUILD_ADD = statement(
  'rebuild_add',
  'INSERT INTO engagement.post_stats (post_id) SELECT unnest($1::bigint[]) ORDER BY 1 ON CONFLICT DO NOTHING',
);
const REBUILD_LOCK = statement(
  'rebuild_lock',
  `SELECT post_id AS "postId", like_count AS "likeCount", comment_count AS "commentCount", share_count AS "shareCount", version
   FROM engagement.post_stats WHERE post_id = ANY($1) ORDER BY post_id FOR UPDATE`,
);

/** Locks the counts of these posts. From now on, workers that apply events to these posts wait. */
export async function lockStats(tx: Executor, postIds: readonly bigint[]): Promise<StatsRow[]> {
  await query(tx, REBUILD_ADD, [postIds]);
  return query(tx, REBUILD_LOCK, [postIds]);
}

const REBUILD_MARK_COMMENTS = statement(
  'rebuild_mark_comments',
  `UPDATE engagement.comment SET is_counted = NOT is_counted
  WHERE post_id = ANY($1) AND is_counted <> (deleted_at IS NULL AND NOT is_hidden)`,
);
const REBUILD_MARK_SHARES = statement(
  'rebuild_mark_shares',
  `UPDATE engagement.share SET is_counted = NOT is_counted
  WHERE post_id = ANY($1) AND is_counted <> (deleted_at IS NULL)`,
);

/** Marks exactly those comments and shares as counted that the counts have to include. */
export async function markCounted(tx: Executor, postIds: readonly bigint[]): Promise<void> {
  await query(tx, REBUILD_MARK_COMMENTS, [postIds]);
  await query(tx, REBUILD_MARK_SHARES, [postIds]);
}

export type Counted = { postId: bigint; likeCount: number; commentCount: number; shareCount: number };

const REBUILD_COUNT = statement(
  'rebuild_count',
  `SELECT p.id AS "postId!",
     (SELECT count(*)::int FROM engagement."like" WHERE target_id = p.id AND liked) AS "likeCount!",
     (SELECT count(*)::int FROM engagement.comment WHERE post_id = p.id AND deleted_at IS NULL AND NOT is_hidden) AS "commentCount!",
     (SELECT count(*)::int FROM engagement.share WHERE post_id = p.id AND deleted_at IS NULL) AS "shareCount!"
   FROM unnest($1::bigint[]) AS p(id) ORDER BY p.id`,
);

/** Counts the rows of posts, sorted by post. */
export function countRows(tx: Executor, postIds: readonly bigint[]): Promise<Counted[]> {
  return query(tx, REBUILD_COUNT, [postIds]);
}

const REBUILD_CORRECT = statement(
  'rebuild_correct',
  `UPDATE engagement.post_stats SET like_count = correct.likes, comment_count = correct.comments,
     share_count = correct.shares, version = version + 1
   FROM unnest($1::bigint[], $2::int[], $3::int[], $4::int[]) AS correct (id, likes, comments, shares)
   WHERE post_id = correct.id AND (like_count, comment_count, share_count) <> (likes, comments, shares)`,
);

/** Corrects counts that differ. @returns the current rows, sorted by post */
export async function correctStats(tx: Executor, counted: readonly Counted[]): Promise<StatsRow[]> {
  await query(tx, REBUILD_CORRECT, [
    counted.map((one) => one.postId),
    counted.map((one) => one.likeCount),
    counted.map((one) => one.commentCount),
    counted.map((one) => one.shareCount),
  ]);
  return lockStats(
    tx,
    counted.map((one) => one.postId),
  );
}

const REBUILD_LOCK_COMMENTS = statement(
  'rebuild_lock_comments',
  'SELECT id FROM engagement.comment WHERE post_id = ANY($1) ORDER BY id FOR UPDATE',
);
const REBUILD_CORRECT_COMMENTS = statement(
  'rebuild_correct_comments',
  `UPDATE engagement.comment c SET like_count = counted.likes, reply_count = counted.replies
   FROM (SELECT k.id,
       (SELECT count(*)::int FROM engagement."like" WHERE target_id = k.id AND liked) AS likes,
       (SELECT count(*)::int FROM engagement.comment WHERE parent_id = k.id AND deleted_at IS NULL AND NOT is_hidden) AS replies
     FROM engagement.comment k WHERE k.post_id = ANY($1)) AS counted
   WHERE c.id = counted.id AND c.post_id = ANY($1) AND (c.like_count, c.reply_count) <> (counted.likes, counted.replies)
   RETURNING c.id`,
);

/** Corrects the counts of likes and replies of the comments on these posts. @returns how many comments were wrong */
export async function correctComments(tx: Executor, postIds: readonly bigint[]): Promise<number> {
  await query(tx, REBUILD_LOCK_COMMENTS, [postIds]);
  const rows = await query(tx, REBUILD_CORRECT_COMMENTS, [postIds]);
  return rows.length;
}
