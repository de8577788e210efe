import {
  DESCENDING,
  type Direction,
  type Executor,
  type KeysetRead,
  query,
  startOf,
  statement,
  statementFor,
} from '@tintype/postgres';

export type FollowKey = { readerId: bigint; key: string };
/** `id` is the snowflake of the latest change. */
export type FollowState = FollowKey & { id: bigint; follows: boolean };

const HASHTAG_FOLLOW_LOCK = statement('hashtag_follow_lock', 'SELECT pg_advisory_xact_lock(hashtextextended($1, 2))');

/** Serialises the changes of one reader, so that the limit of followed hashtags holds. */
export async function lockReader(tx: Executor, readerId: bigint): Promise<void> {
  await query(tx, HASHTAG_FOLLOW_LOCK, [`followed hashtags ${readerId}`]);
}

const HASHTAG_FOLLOW_COUNT = statement(
  'hashtag_follow_count',
  'SELECT count(*)::int AS "count!" FROM feed.hashtag_follow WHERE reader_id = $1 AND follows',
);

export async function countFollowed(tx: Executor, readerId: bigint): Promise<number> {
  const [row] = await query(tx, HASHTAG_FOLLOW_COUNT, [readerId]);
  return row!.count;
}

const HASHTAG_FOLLOW_PUT = statement(
  'hashtag_follow_put',
  `INSERT INTO feed.hashtag_follow AS f (reader_id, key, id, follows) SELECT $1::bigint, $2, $3::bigint, $4::boolean
   WHERE NOT EXISTS (SELECT FROM feed.erased_person WHERE user_id = $1)
   ON CONFLICT (reader_id, key) DO UPDATE SET
     id = excluded.id, follows = excluded.follows, reconciled = false, changed_at = clock_timestamp()
   WHERE f.follows <> excluded.follows`,
);

/** Writes a follow or unfollow. Has no effect if that is the current state, or if the reader has been erased. */
export async function putFollow(tx: Executor, { readerId, key, id, follows }: FollowState): Promise<void> {
  await query(tx, HASHTAG_FOLLOW_PUT, [readerId, key, id, follows]);
}

const HASHTAG_FOLLOW_ERASE = statement(
  'hashtag_follow_erase',
  `DELETE FROM feed.hashtag_follow WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM feed.hashtag_follow WHERE reader_id = $1 LIMIT $2)) RETURNING 1`,
);

/** Deletes up to `limit` follows of a reader, including ended ones. The reader must be locked. @returns how many */
export async function deleteFollows(tx: Executor, readerId: bigint, limit: number): Promise<number> {
  return (await query(tx, HASHTAG_FOLLOW_ERASE, [readerId, limit])).length;
}

const HASHTAG_FOLLOW_FIND = statement(
  'hashtag_follow_find',
  `SELECT reader_id AS "readerId", key, id, follows FROM feed.hashtag_follow WHERE reader_id = $1 AND key = $2`,
);

/** Null if the hashtag is not followed and no timeline has to be updated. */
export async function findFollow(executor: Executor, { readerId, key }: FollowKey): Promise<FollowState | null> {
  return (await query(executor, HASHTAG_FOLLOW_FIND, [readerId, key]))[0] ?? null;
}

const THIS_CHANGE = 'WHERE reader_id = $1 AND key = $2 AND id = $3';
const HASHTAG_FOLLOW_RECONCILED = statement(
  'hashtag_follow_reconciled',
  `UPDATE feed.hashtag_follow SET reconciled = true ${THIS_CHANGE} AND NOT reconciled`,
);
const HASHTAG_FOLLOW_END = statement(
  'hashtag_follow_end',
  `DELETE FROM feed.hashtag_follow ${THIS_CHANGE} AND NOT follows`,
);

/** Records that the reader's timeline matches this change, unless there is a later one. */
export async function markReconciled(executor: Executor, { readerId, key, id, follows }: FollowState): Promise<void> {
  await query(executor, follows ? HASHTAG_FOLLOW_RECONCILED : HASHTAG_FOLLOW_END, [readerId, key, id]);
}

const HASHTAG_FOLLOW_UNRECONCILED = statement(
  'hashtag_follow_unreconciled',
  `SELECT reader_id AS "readerId", key FROM feed.hashtag_follow
   WHERE NOT reconciled AND changed_at < now() - $1 * interval '1 millisecond' ORDER BY changed_at LIMIT $2`,
);

/** Changes that are older than this and not yet in the timeline. */
export function listUnreconciled(executor: Executor, olderMs: number, limit: number): Promise<FollowKey[]> {
  return query(executor, HASHTAG_FOLLOW_UNRECONCILED, [olderMs, limit]);
}

const HASHTAG_FOLLOW_KEYS = statement(
  'hashtag_follow_keys',
  'SELECT key FROM feed.hashtag_follow WHERE reader_id = $1 AND follows ORDER BY key COLLATE "C"',
);

/** Keys of the hashtags that a reader follows, in alphabetical order. */
export async function listFollowedKeys(executor: Executor, readerId: bigint): Promise<string[]> {
  return (await query(executor, HASHTAG_FOLLOW_KEYS, [readerId])).map((row) => row.key);
}

/** One range scan over the index (reader_id, id desc). */
export const FOLLOWED_PAGE = statementFor('hashtag_follow_page', ['forward'], (direction: Direction) => {
  const { comparison, order } = DESCENDING[direction];
  return `SELECT reader_id AS "readerId", key, id, follows FROM feed.hashtag_follow
  WHERE reader_id = $1 AND follows AND id ${comparison} $2 ORDER BY id ${order} LIMIT $3`;
});

/** The hashtags that a reader follows. The latest follow comes first, or last if read backward. */
export function listFollowed(executor: Executor, readerId: bigint, read: KeysetRead): Promise<FollowState[]> {
  return query(executor, FOLLOWED_PAGE(read.direction), [readerId, startOf(read), read.limit]);
}

const HASHTAG_FOLLOW_FILTER = statement(
  'hashtag_follow_filter',
  'SELECT key FROM feed.hashtag_follow WHERE reader_id = $1 AND key = ANY($2) AND follows',
);

/** Which of these hashtags the reader follows. */
export async function filterFollowed(executor: Executor, readerId: bigint, keys: readonly string[]): Promise<string[]> {
  return (await query(executor, HASHTAG_FOLLOW_FILTER, [readerId, keys])).map((row) => row.key);
}
