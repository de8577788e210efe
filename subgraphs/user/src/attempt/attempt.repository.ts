import { type Executor, query, statement } from '@tintype/postgres';
import { type AttemptKeys, FORGET_S, KNOWN_S, MAX_KNOWN, PAUSES_S } from './attempt.rules.ts';

/** `tries`: in a row, including this one; 0 if it is too early. `isNoticed`: the owner has got a notice of them. */
export type Attempt = { key: Uint8Array; tries: number; isNoticed: boolean; waitMs: number };

const ATTEMPT_COUNT = statement(
  'attempt_count',
  `WITH chosen AS (
     SELECT CASE WHEN EXISTS (SELECT FROM "user".known_network WHERE user_id = $1? AND network = $2?
                                AND seen_at > now() - $6 * interval '1 second') THEN $3::bytea ELSE $4::bytea END AS key
   ), counted AS (
     INSERT INTO "user".password_attempt AS p (key, user_id, tries, free_at)
     SELECT key, $1::bigint, 1, date_trunc('milliseconds', now()) + ($5::int[])[1] * interval '1 second' FROM chosen
     ON CONFLICT (key) DO UPDATE SET (tries, free_at, is_noticed) = (
       SELECT next.tries, date_trunc('milliseconds', now())
         + ($5::int[])[least(next.tries, cardinality($5::int[]))] * interval '1 second', p.is_noticed AND next.tries > 1
       FROM (SELECT CASE WHEN p.free_at < now() - $7 * interval '1 second' THEN 1 ELSE p.tries + 1 END AS tries) next)
     WHERE p.free_at <= clock_timestamp() RETURNING key, tries, is_noticed
   )
   SELECT chosen.key AS "key!", coalesce(counted.tries, 0) AS "tries!",
     coalesce(counted.is_noticed, false) AS "isNoticed!", CASE WHEN counted.key IS NOT NULL THEN 0
     ELSE greatest(1, extract(epoch FROM coalesce(p.free_at, now()) - now()) * 1000)::float8 END AS "waitMs!"
   FROM chosen LEFT JOIN counted USING (key) LEFT JOIN "user".password_attempt p USING (key)`,
);

/**
 * Counts an attempt before the password is compared, so that concurrent attempts count each other. Attempts from a
 * network where the account has logged in before are counted separately. So an attacker cannot lock out the owner.
 *
 * @returns the key that it was counted under, and how long to wait if it is too early. Then it was not counted
 */
export async function countAttempt(executor: Executor, keys: AttemptKeys): Promise<Attempt> {
  const [attempt] = await query(executor, ATTEMPT_COUNT, [
    keys.userId,
    keys.network,
    keys.here,
    keys.everyone,
    PAUSES_S,
    KNOWN_S,
    FORGET_S,
  ]);
  return attempt!;
}

const ATTEMPT_FORGET = statement('attempt_forget', 'DELETE FROM "user".password_attempt WHERE key = $1');

/** After an attempt with the right password. */
export async function forgetAttempts(executor: Executor, key: Uint8Array): Promise<void> {
  await query(executor, ATTEMPT_FORGET, [key]);
}

const ATTEMPT_UNCOUNT = statement(
  'attempt_uncount',
  'UPDATE "user".password_attempt SET tries = greatest(tries - 1, 0), free_at = date_trunc(\'milliseconds\', now()) WHERE key = $1',
);

/** Takes back an attempt whose password was not compared. */
export async function uncountAttempt(executor: Executor, key: Uint8Array): Promise<void> {
  await query(executor, ATTEMPT_UNCOUNT, [key]);
}

const ATTEMPT_NOTICE = statement(
  'attempt_notice',
  'UPDATE "user".password_attempt SET is_noticed = true WHERE key = $1 AND NOT is_noticed RETURNING 1',
);

/** Records that the owner of the account gets a notice. @returns whether it is the first one of these attempts */
export async function noteNotice(tx: Executor, key: Uint8Array): Promise<boolean> {
  return (await query(tx, ATTEMPT_NOTICE, [key])).length > 0;
}

const NETWORK_KNOW = statement(
  'network_know',
  `INSERT INTO "user".known_network (user_id, network) SELECT id, $2::bytea FROM "user".account
   WHERE id = $1 AND state <> 'DELETED' FOR KEY SHARE
   ON CONFLICT (user_id, network) DO UPDATE SET seen_at = now()`,
);
const NETWORK_TRIM = statement(
  'network_trim',
  `DELETE FROM "user".known_network WHERE user_id = $1 AND network IN (
     SELECT network FROM "user".known_network WHERE user_id = $1 ORDER BY seen_at DESC, network OFFSET $2)`,
);

/** Records that the account logged in from a network, and keeps the newest few networks. */
export async function knowNetwork(executor: Executor, userId: bigint, network: Uint8Array): Promise<void> {
  await query(executor, NETWORK_KNOW, [userId, network]);
  await query(executor, NETWORK_TRIM, [userId, MAX_KNOWN]);
}

const ATTEMPT_ERASE = statement(
  'attempt_erase',
  'DELETE FROM "user".password_attempt WHERE user_id = $1 AND key <> $2',
);
const NETWORK_ERASE = statement('network_erase', 'DELETE FROM "user".known_network WHERE user_id = $1');

/** Forgets attempts for an account, except those that are counted under this key. */
export async function forgetAttemptsExcept(tx: Executor, userId: bigint, key: Uint8Array): Promise<void> {
  await query(tx, ATTEMPT_ERASE, [userId, key]);
}

const NETWORK_ERASE_OTHERS = statement(
  'network_erase_others',
  'DELETE FROM "user".known_network WHERE user_id = $1 AND network <> $2',
);

/** Forgets from where an account logged in, except for one network. */
export async function eraseOtherNetworks(tx: Executor, userId: bigint, kept: Uint8Array): Promise<void> {
  await query(tx, NETWORK_ERASE_OTHERS, [userId, kept]);
}

/** Forgets from where an account logged in. */
export async function eraseNetworks(tx: Executor, userId: bigint): Promise<void> {
  await query(tx, NETWORK_ERASE, [userId]);
}

/** For a deleted account. */
export async function eraseAttempts(tx: Executor, userId: bigint): Promise<void> {
  await forgetAttemptsExcept(tx, userId, NO_KEY);
  await eraseNetworks(tx, userId);
}
const NO_KEY = new Uint8Array();

const ATTEMPT_STALE = statement(
  'attempt_stale',
  `DELETE FROM "user".password_attempt WHERE key IN (
     SELECT key FROM "user".password_attempt WHERE free_at < now() - $1 * interval '1 second' LIMIT $2) RETURNING 1`,
);
const NETWORK_STALE = statement(
  'network_stale',
  `DELETE FROM "user".known_network WHERE (user_id, network) IN (
     SELECT user_id, network FROM "user".known_network WHERE seen_at < now() - $1 * interval '1 second' LIMIT $2)
   RETURNING 1`,
);

/** Removes what no longer counts. @returns how many rows */
export async function deleteStale(executor: Executor, limit: number): Promise<number> {
  const attempts = await query(executor, ATTEMPT_STALE, [FORGET_S, limit]);
  const networks = await query(executor, NETWORK_STALE, [KNOWN_S, limit]);
  return attempts.length + networks.length;
}
