import { type Executor, query, statement } from '@tintype/postgres';
import type { LinkedIdentityShown, PasswordShown } from '#session/session.repository.ts';

/** What was right before the code: the password with this hash, or a linked identity. */
export type FirstFactor = Omit<PasswordShown, 'hasCode'> | Omit<LinkedIdentityShown, 'hasCode'>;

const CHALLENGE_ADD = statement(
  'login_challenge_add',
  `INSERT INTO "user".login_challenge (hash, user_id, device, expires_at)
   SELECT $1::bytea, a.id, $3, $4::timestamptz
   FROM (SELECT a.id FROM "user".account a JOIN "user".credential c ON c.user_id = a.id
         WHERE a.id = $2 AND a.state <> 'DELETED' AND c.password_hash = $5 FOR SHARE OF a, c) a RETURNING user_id`,
);

const CHALLENGE_ADD_BY_LINKED_IDENTITY = statement(
  'login_challenge_add_by_linked_identity',
  `INSERT INTO "user".login_challenge (hash, user_id, device, expires_at, linked_identity_id)
   SELECT $1::bytea, a.id, $3, $4::timestamptz, a.linked_identity_id
   FROM (SELECT a.id, i.id AS linked_identity_id FROM "user".account a JOIN "user".linked_identity i ON i.user_id = a.id
         WHERE a.id = $2 AND a.state <> 'DELETED' AND i.id = $5 FOR SHARE OF a, i) a RETURNING user_id`,
);

/**
 * Adds a challenge for a login whose first factor was right. The account is locked with it, so that changes of the
 * password remove all challenges that they make wrong.
 *
 * @returns whether the account has still this password or linked identity
 */
export async function addChallenge(
  executor: Executor,
  challenge: { hash: Uint8Array; userId: bigint; device: string; first: FirstFactor; expiresAt: Date },
): Promise<boolean> {
  const { hash, userId, device, first, expiresAt } = challenge;
  const values = [hash, userId, device, expiresAt] as const;
  const rows =
    'linkedIdentityId' in first
      ? await query(executor, CHALLENGE_ADD_BY_LINKED_IDENTITY, [...values, first.linkedIdentityId])
      : await query(executor, CHALLENGE_ADD, [...values, first.passwordHash]);
  return rows.length > 0;
}

const CHALLENGE_FIND = statement(
  'login_challenge_find',
  `SELECT l.user_id AS "userId", l.device, l.linked_identity_id AS "linkedIdentityId", c.password_hash AS "passwordHash"
   FROM "user".login_challenge l JOIN "user".credential c ON c.user_id = l.user_id
   WHERE l.hash = $1 AND l.expires_at > now()`,
);

/** A password comes with its present hash. @returns null if the challenge is unknown, used or expired */
export async function findChallenge(
  executor: Executor,
  hash: Uint8Array,
): Promise<{ userId: bigint; device: string; first: FirstFactor } | null> {
  const [found] = await query(executor, CHALLENGE_FIND, [hash]);
  if (!found) return null;
  const { userId, device, linkedIdentityId, passwordHash } = found;
  return { userId, device, first: linkedIdentityId === null ? { passwordHash } : { linkedIdentityId } };
}

const CHALLENGE_TAKE = statement(
  'login_challenge_take',
  'DELETE FROM "user".login_challenge WHERE hash = $1 RETURNING user_id',
);

/** Uses a challenge up. @returns whether this call did */
export async function takeChallenge(executor: Executor, hash: Uint8Array): Promise<boolean> {
  return (await query(executor, CHALLENGE_TAKE, [hash])).length > 0;
}

const CHALLENGES_REMOVE = statement('login_challenges_remove', 'DELETE FROM "user".login_challenge WHERE user_id = $1');

/** With a new password, or for a deleted account. */
export async function removeChallenges(tx: Executor, userId: bigint): Promise<void> {
  await query(tx, CHALLENGES_REMOVE, [userId]);
}

const CHALLENGES_STALE = statement(
  'login_challenges_stale',
  `DELETE FROM "user".login_challenge WHERE hash IN (
     SELECT hash FROM "user".login_challenge WHERE expires_at < now() LIMIT $1) RETURNING 1`,
);

/** Removes expired ones. @returns how many */
export async function deleteStaleChallenges(executor: Executor, limit: number): Promise<number> {
  return (await query(executor, CHALLENGES_STALE, [limit])).length;
}
