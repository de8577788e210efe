import { type Executor, query, statement } from '@tintype/postgres';
import type { Delivery } from '#timeline/timeline.model.ts';

export type Pair = { authorId: bigint; followerId: bigint };

/** What an event says of a pair; `version` is its sequence. */
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

/** Locks these authors' rows in the order of their ids: their counts move by what is really changed, one change after another. */
export async function lockAuthors(tx: Executor, authorIds: readonly bigint[]): Promise<void> {
  await query(tx, AUTHOR_ADD, [authorIds]);
  await query(tx, AUTHOR_LOCK, [authorIds]);
}

const AUDIENCE_FOLLOWS = statement(
  'audience_follows',
  `WITH told AS (
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::bigint[], $5::bigint[])
       AS told(author_id, follower_id, follows, since_ms, version)),
   before AS (
     SELECT a.author_id, a.follower_id, a.follows FROM feed.audience a JOIN told USING (author_id, follower_id)),
   written AS (
     INSERT INTO feed.audience AS a (author_id, follower_id, follows, since_ms, follow_version, ended_at)
     SELECT author_id, follower_id, follows, since_ms, version, CASE WHEN follows THEN NULL ELSE clock_timestamp() END FROM told
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
 * Takes over follows and their ends, newest event of a pair only, and moves the authors' counts by the pairs that changed. Older
 * events than the one that wrote a row change nothing. The authors must be locked.
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
   FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::bigint[]) AS told(author_id, follower_id, muted, version)
   ON CONFLICT (author_id, follower_id) DO UPDATE SET
     muted = excluded.muted, mute_version = excluded.mute_version,
     ended_at = CASE WHEN a.follows AND NOT excluded.muted THEN NULL ELSE coalesce(excluded.ended_at, a.ended_at) END
   WHERE a.mute_version < excluded.mute_version`,
);

/** Takes over mutes and their ends. A mute of someone who is not followed is kept for the day they are. */
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

/** Takes over that someone's account is hidden, or shown again. @returns whether that is the newest word of it, now or at an earlier delivery */
export async function applyHidden(executor: Executor, { authorId, hidden, version }: HiddenChange): Promise<boolean> {
  await query(executor, AUTHOR_HIDE, [authorId, hidden, version]);
  return (await query(executor, AUTHOR_HIDDEN_BY, [authorId, version])).length > 0;
}

const AUTHOR_IS_HIDDEN = statement('author_is_hidden', 'SELECT 1 FROM feed.author WHERE user_id = $1 AND hidden');

export async function isHidden(executor: Executor, authorId: bigint): Promise<boolean> {
  return (await query(executor, AUTHOR_IS_HIDDEN, [authorId])).length > 0;
}

export type PairState = Pair & { receives: boolean; delivery: Delivery; followerCount: number };

const AUDIENCE_PAIRS = statement(
  'audience_pairs',
  `SELECT asked.author_id AS "authorId!", asked.follower_id AS "followerId!",
     coalesce(a.follows AND NOT a.muted AND NOT coalesce(o.hidden, false), false) AS "receives!",
     coalesce(o.delivery, 'PUSHED') AS "delivery!", coalesce(o.follower_count, 0) AS "followerCount!"
   FROM unnest($1::bigint[], $2::bigint[]) AS asked(author_id, follower_id)
   LEFT JOIN feed.audience a USING (author_id, follower_id)
   LEFT JOIN feed.author o ON o.user_id = asked.author_id`,
).narrow<{ delivery: Delivery }>();

/** Whether each pair's follower receives the author's posts now, and how. Pairs without a row do not. */
export async function findPairs(executor: Executor, pairs: readonly Pair[]): Promise<PairState[]> {
  return query(executor, AUDIENCE_PAIRS, [pairs.map((pair) => pair.authorId), pairs.map((pair) => pair.followerId)]);
}

/** One range scan over the key (author_id, follower_id). */
export const FOLLOWER_PAGE = statement(
  'audience_page',
  `SELECT follower_id AS "followerId" FROM feed.audience
  WHERE author_id = $1 AND follower_id > $2 AND follows AND NOT muted ORDER BY follower_id LIMIT $3`,
);

/** The next of an author's followers who receive the posts, by id. */
export async function listFollowers(
  executor: Executor,
  authorId: bigint,
  after: bigint,
  limit: number,
): Promise<bigint[]> {
  const rows = await query(executor, FOLLOWER_PAGE, [authorId, after, limit]);
  return rows.map((row) => row.followerId);
}

/** Clocks differ, and a transaction that ended a follow may have taken long to commit. */
const MARGIN_MS = 60_000;

/** One range scan over the index (author_id, ended_at); few rows, sorted. */
export const ENDED_PAGE = statement(
  'audience_ended',
  `SELECT follower_id AS "followerId" FROM feed.audience
  WHERE author_id = $1 AND ended_at >= $2 AND follower_id > $3 AND NOT (follows AND NOT muted)
  ORDER BY follower_id LIMIT $4`,
);

/** The next of those who stopped receiving an author's posts since then, by id. */
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

const AUTHOR_DELIVERY = statement('author_delivery', 'SELECT delivery FROM feed.author WHERE user_id = $1').narrow<{
  delivery: Delivery;
}>();

export async function findDelivery(executor: Executor, authorId: bigint): Promise<Delivery> {
  const [row] = await query(executor, AUTHOR_DELIVERY, [authorId]);
  return row?.delivery ?? 'PUSHED';
}

const AUTHOR_SET_DELIVERY = statement(
  'author_set_delivery',
  'UPDATE feed.author SET delivery = $3 WHERE user_id = $1 AND delivery = $2',
);

/** From one to the next only: a repeat changes nothing. */
export async function setDelivery(executor: Executor, authorId: bigint, from: Delivery, to: Delivery): Promise<void> {
  await query(executor, AUTHOR_SET_DELIVERY, [authorId, from, to]);
}

const AUDIENCE_SOURCES = statement(
  'audience_sources',
  `SELECT a.author_id AS "authorId!", coalesce(o.delivery, 'PUSHED') AS "delivery!"
   FROM feed.audience a LEFT JOIN feed.author o ON o.user_id = a.author_id
   WHERE a.follower_id = $1 AND a.follows AND NOT a.muted AND NOT coalesce(o.hidden, false) ORDER BY a.author_id`,
).narrow<{ delivery: Delivery }>();

/** Authors whose posts a reader receives, with how; without those whose account is hidden. */
export function listSources(executor: Executor, readerId: bigint): Promise<{ authorId: bigint; delivery: Delivery }[]> {
  return query(executor, AUDIENCE_SOURCES, [readerId]);
}
