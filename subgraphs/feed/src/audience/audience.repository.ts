import { type Executor, query, statement } from '@tintype/postgres';
import type { FanOutMode } from '#timeline/timeline.model.ts';

export type Pair = { authorId: bigint; followerId: bigint };

/** Changes of one author and follower. `version` is the sequence of the event. */
export type FollowChange = Pair & { follows: boolean; sinceMs: bigint; version: bigint };
export type MuteChange = Pair & { muted: boolean; version: bigint };
export type HiddenChange = { authorId: bigint; hidden: boolean; version: bigint };

const AUTHOR_ADD = statement(
  'author_add',
  'INSERT INTO feed.author (user_id) SELECT unnest($1::bigint[]) ORDER BY 1 ON CONFLICT DO NOTHING',
);
const AUTHOR_LOCK = statement(
  'author_lock',
  'SELECT user_id FROM feed.author WHERE user_id = ANY($1) ORDER BY user_id FOR UPDATE',
);

/**
 * Locks the rows of these authors in the order of their ids, so that changes of their follower counts happen one after
 * another.
 */
export async function lockAuthors(tx: Executor, authorIds: readonly bigint[]): Promise<void> {
  await query(tx, AUTHOR_ADD, [authorIds]);
  await query(tx, AUTHOR_LOCK, [authorIds]);
}

const AUDIENCE_FOLLOWS = statement(
  'audience_follows',
  `WITH given AS (
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::bigint[], $5::bigint[])
       AS given(author_id, follower_id, follows, since_ms, version)),
   before AS (
     SELECT a.author_id, a.follower_id, a.follows FROM feed.audience a JOIN given USING (author_id, follower_id)),
   written AS (
     INSERT INTO feed.audience AS a (author_id, follower_id, follows, since_ms, follow_version, ended_at)
     SELECT author_id, follower_id, follows, since_ms, version, CASE WHEN follows THEN NULL ELSE clock_timestamp() END
     FROM given ORDER BY author_id, follower_id
     ON CONFLICT (author_id, follower_id) DO UPDATE SET
       follows = excluded.follows, since_ms = excluded.since_ms, follow_version = excluded.follow_version,
       ended_at = CASE WHEN excluded.follows AND NOT a.muted THEN NULL ELSE coalesce(excluded.ended_at, a.ended_at) END
     WHERE a.follow_version < excluded.follow_version
     RETURNING author_id, follower_id, follows),
   moved AS (
     SELECT w.author_id, sum(w.follows::int - coalesce(b.follows, false)::int)::int AS by
     FROM written w LEFT JOIN before b USING (author_id, follower_id) GROUP BY w.author_id)
   UPDATE feed.author SET follower_count = follower_count + moved.by
   FROM moved WHERE user_id = moved.author_id AND moved.by <> 0`,
);

/**
 * Writes follows and unfollows and updates the follower counts of the authors. At most one change per author and
 * follower. A change that is older than the one that wrote the row has no effect. The authors must be locked.
 */
export async function applyFollows(tx: Executor, changes: readonly FollowChange[]): Promise<void> {
  await query(tx, AUDIENCE_FOLLOWS, [
    changes.map((change) => change.authorId),
    changes.map((change) => change.followerId),
    changes.map((change) => change.follows),
    changes.map((change) => change.sinceMs),
    changes.map((change) => change.version),
  ]);
}

const AUDIENCE_MUTES = statement(
  'audience_mutes',
  `INSERT INTO feed.audience AS a (author_id, follower_id, follows, muted, mute_version, ended_at)
   SELECT author_id, follower_id, false, muted, version, CASE WHEN muted THEN clock_timestamp() END
   FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::bigint[]) AS given(author_id, follower_id, muted, version)
   ORDER BY author_id, follower_id
   ON CONFLICT (author_id, follower_id) DO UPDATE SET
     muted = excluded.muted, mute_version = excluded.mute_version,
     ended_at = CASE WHEN a.follows AND NOT excluded.muted THEN NULL ELSE coalesce(excluded.ended_at, a.ended_at) END
   WHERE a.mute_version < excluded.mute_version`,
);

/** Writes mutes and unmutes. A mute of somebody who is not followed is kept in case they are followed later. */
export async function applyMutes(tx: Executor, changes: readonly MuteChange[]): Promise<void> {
  await query(tx, AUDIENCE_MUTES, [
    changes.map((change) => change.authorId),
    changes.map((change) => change.followerId),
    changes.map((change) => change.muted),
    changes.map((change) => change.version),
  ]);
}

const AUTHOR_HIDE = statement(
  'author_hide',
  `INSERT INTO feed.author AS a (user_id, hidden, hidden_version) VALUES ($1, $2, $3)
   ON CONFLICT (user_id) DO UPDATE SET hidden = excluded.hidden, hidden_version = excluded.hidden_version
   WHERE a.hidden_version < excluded.hidden_version`,
);
const AUTHOR_HIDDEN_BY = statement(
  'author_hidden_by',
  'SELECT 1 FROM feed.author WHERE user_id = $1 AND hidden_version = $2',
);

/**
 * Records that an author's account was hidden or is visible again. @returns whether this is the latest change, also if
 * it was written by an earlier delivery
 */
export async function applyHidden(executor: Executor, { authorId, hidden, version }: HiddenChange): Promise<boolean> {
  await query(executor, AUTHOR_HIDE, [authorId, hidden, version]);
  return (await query(executor, AUTHOR_HIDDEN_BY, [authorId, version])).length > 0;
}

const AUTHOR_IS_HIDDEN = statement('author_is_hidden', 'SELECT 1 FROM feed.author WHERE user_id = $1 AND hidden');

export async function isHidden(executor: Executor, authorId: bigint): Promise<boolean> {
  return (await query(executor, AUTHOR_IS_HIDDEN, [authorId])).length > 0;
}

export type PairState = Pair & { receives: boolean; fanOutMode: FanOutMode; followerCount: number };

const AUDIENCE_PAIRS = statement(
  'audience_pairs',
  `SELECT asked.author_id AS "authorId!", asked.follower_id AS "followerId!",
     coalesce(a.follows AND NOT a.muted AND NOT coalesce(o.hidden, false), false) AS "receives!",
     coalesce(o.fan_out_mode, 'PUSHED') AS "fanOutMode!", coalesce(o.follower_count, 0) AS "followerCount!"
   FROM unnest($1::bigint[], $2::bigint[]) AS asked(author_id, follower_id)
   LEFT JOIN feed.audience a USING (author_id, follower_id)
   LEFT JOIN feed.author o ON o.user_id = asked.author_id`,
).narrow<{ fanOutMode: FanOutMode }>();

/** Whether each follower receives the posts of the author now, and how. Without a row, they do not. */
export async function findPairs(executor: Executor, pairs: readonly Pair[]): Promise<PairState[]> {
  return query(executor, AUDIENCE_PAIRS, [pairs.map((pair) => pair.authorId), pairs.map((pair) => pair.followerId)]);
}

/** One range scan over the key (author_id, follower_id). */
export const FOLLOWER_PAGE = statement(
  'audience_page',
  `SELECT follower_id AS "followerId" FROM feed.audience
  WHERE author_id = $1 AND follower_id > $2 AND follows AND NOT muted ORDER BY follower_id LIMIT $3`,
);

/** The next followers of an author who receive the posts, ordered by id. */
export async function listFollowers(
  executor: Executor,
  authorId: bigint,
  after: bigint,
  limit: number,
): Promise<bigint[]> {
  const rows = await query(executor, FOLLOWER_PAGE, [authorId, after, limit]);
  return rows.map((row) => row.followerId);
}

/** Allows for clock differences and for transactions that take long to commit. */
const MARGIN_MS = 60_000;

/** One range scan over the index (author_id, ended_at). It finds few rows and sorts them. */
export const ENDED_PAGE = statement(
  'audience_ended',
  `SELECT follower_id AS "followerId" FROM feed.audience
  WHERE author_id = $1 AND ended_at >= $2 AND follower_id > $3 AND NOT (follows AND NOT muted)
  ORDER BY follower_id LIMIT $4`,
);

/** The next people who stopped receiving an author's posts after a time, ordered by id. */
export async function listEndedSince(
  executor: Executor,
  authorId: bigint,
  since: Date,
  after: bigint,
  limit: number,
): Promise<bigint[]> {
  const values = [authorId, new Date(since.getTime() - MARGIN_MS), after, limit] as const;
  const rows = await query(executor, ENDED_PAGE, values);
  return rows.map((row) => row.followerId);
}

const AUTHOR_FAN_OUT_MODE = statement(
  'author_fan_out_mode',
  'SELECT fan_out_mode AS "fanOutMode" FROM feed.author WHERE user_id = $1',
).narrow<{
  fanOutMode: FanOutMode;
}>();

export async function findFanOutMode(executor: Executor, authorId: bigint): Promise<FanOutMode> {
  const [row] = await query(executor, AUTHOR_FAN_OUT_MODE, [authorId]);
  return row?.fanOutMode ?? 'PUSHED';
}

const AUTHOR_SET_FAN_OUT_MODE = statement(
  'author_set_fan_out_mode',
  'UPDATE feed.author SET fan_out_mode = $3 WHERE user_id = $1 AND fan_out_mode = $2',
);

/** Changes the mode only if it is `from`, so that a repeated call has no effect. */
export async function setFanOutMode(
  executor: Executor,
  authorId: bigint,
  from: FanOutMode,
  to: FanOutMode,
): Promise<void> {
  await query(executor, AUTHOR_SET_FAN_OUT_MODE, [authorId, from, to]);
}

const AUDIENCE_FOLLOWED_AUTHORS = statement(
  'audience_followed_authors',
  `SELECT a.author_id AS "authorId!", coalesce(o.fan_out_mode, 'PUSHED') AS "fanOutMode!"
   FROM feed.audience a LEFT JOIN feed.author o ON o.user_id = a.author_id
   WHERE a.follower_id = $1 AND a.follows AND NOT a.muted AND NOT coalesce(o.hidden, false) ORDER BY a.author_id`,
).narrow<{ fanOutMode: FanOutMode }>();

/** Authors whose posts a reader receives, and how. Authors with a hidden account are left out. */
export function listFollowedAuthors(
  executor: Executor,
  readerId: bigint,
): Promise<{ authorId: bigint; fanOutMode: FanOutMode }[]> {
  return query(executor, AUDIENCE_FOLLOWED_AUTHORS, [readerId]);
}
