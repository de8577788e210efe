import { type Executor, query } from '@tintype/postgres';

export type FollowKey = { readerId: bigint; key: string };
/** `id`: snowflake of the last change. */
export type FollowState = FollowKey & { id: bigint; follows: boolean };

/** One reader's changes come one after another: their number is bounded. */
export async function lockReader(tx: Executor, readerId: bigint): Promise<void> {
  await query(tx, 'hashtag_follow_lock', 'SELECT pg_advisory_xact_lock(hashtextextended($1, 2))', [
    `followed hashtags ${readerId}`,
  ]);
}

export async function countFollowed(tx: Executor, readerId: bigint): Promise<number> {
  const text = 'SELECT count(*)::int AS count FROM feed.hashtag_follow WHERE reader_id = $1 AND follows';
  const [row] = await query<{ count: number }>(tx, 'hashtag_follow_count', text, [readerId]);
  return row!.count;
}

/** Writes what is followed from now on, or is not any more; what is so already stays as it is. Of who is erased nothing is written. */
export async function putFollow(tx: Executor, { readerId, key, id, follows }: FollowState): Promise<void> {
  await query(
    tx,
    'hashtag_follow_put',
    `INSERT INTO feed.hashtag_follow AS f (reader_id, key, id, follows) SELECT $1::bigint, $2, $3::bigint, $4::boolean
     WHERE NOT EXISTS (SELECT FROM feed.erased_person WHERE user_id = $1)
     ON CONFLICT (reader_id, key) DO UPDATE SET
       id = excluded.id, follows = excluded.follows, settled = false, changed_at = clock_timestamp()
     WHERE f.follows <> excluded.follows`,
    [readerId, key, id, follows],
  );
}

/** Removes some of what a reader follows, or did. The reader must be locked. @returns how many */
export async function deleteFollows(tx: Executor, readerId: bigint, limit: number): Promise<number> {
  const text = `DELETE FROM feed.hashtag_follow WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM feed.hashtag_follow WHERE reader_id = $1 LIMIT $2)) RETURNING 1`;
  return (await query(tx, 'hashtag_follow_erase', text, [readerId, limit])).length;
}

/** Null where it is not followed, and no timeline has to be brought in line with that. */
export async function findFollow(executor: Executor, { readerId, key }: FollowKey): Promise<FollowState | null> {
  const text = `SELECT reader_id AS "readerId", key, id, follows FROM feed.hashtag_follow WHERE reader_id = $1 AND key = $2`;
  return (await query<FollowState>(executor, 'hashtag_follow_find', text, [readerId, key]))[0] ?? null;
}

/** The reader's timeline is in line with this change, if it is still the last one. */
export async function markSettled(executor: Executor, { readerId, key, id, follows }: FollowState): Promise<void> {
  const place = 'WHERE reader_id = $1 AND key = $2 AND id = $3';
  const text = follows
    ? `UPDATE feed.hashtag_follow SET settled = true ${place} AND NOT settled`
    : `DELETE FROM feed.hashtag_follow ${place} AND NOT follows`;
  await query(executor, `hashtag_follow_${follows ? 'settle' : 'end'}`, text, [readerId, key, id]);
}

/** Changes of a while ago that no timeline is in line with yet. */
export function listUnsettled(executor: Executor, olderMs: number, limit: number): Promise<FollowKey[]> {
  return query(
    executor,
    'hashtag_follow_unsettled',
    `SELECT reader_id AS "readerId", key FROM feed.hashtag_follow
     WHERE NOT settled AND changed_at < now() - $1 * interval '1 millisecond' ORDER BY changed_at LIMIT $2`,
    [olderMs, limit],
  );
}

/** Keys of the hashtags that a reader follows, by their letters. */
export async function listFollowedKeys(executor: Executor, readerId: bigint): Promise<string[]> {
  const text = 'SELECT key FROM feed.hashtag_follow WHERE reader_id = $1 AND follows ORDER BY key COLLATE "C"';
  return (await query<{ key: string }>(executor, 'hashtag_follow_keys', text, [readerId])).map((row) => row.key);
}

/** One range scan over the index (reader_id, id desc). */
export const FOLLOWED_PAGE = `SELECT reader_id AS "readerId", key, id, follows FROM feed.hashtag_follow
  WHERE reader_id = $1 AND follows AND id < $2 ORDER BY id DESC LIMIT $3`;

/** What a reader follows, the last followed first. */
export function listFollowed(
  executor: Executor,
  readerId: bigint,
  after: bigint | null,
  limit: number,
): Promise<FollowState[]> {
  return query(executor, 'hashtag_follow_page', FOLLOWED_PAGE, [readerId, after ?? 2n ** 63n - 1n, limit]);
}

/** Which of these the reader follows. */
export async function whichAreFollowed(
  executor: Executor,
  readerId: bigint,
  keys: readonly string[],
): Promise<string[]> {
  const text = 'SELECT key FROM feed.hashtag_follow WHERE reader_id = $1 AND key = ANY($2) AND follows';
  return (await query<{ key: string }>(executor, 'hashtag_follow_which', text, [readerId, keys])).map((row) => row.key);
}
