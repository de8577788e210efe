import { type Executor, query } from '@tintype/postgres';
import { ACCESS_TOKEN_S, type RefreshState } from './token.rules.ts';

export type NewSession = {
  id: bigint;
  userId: bigint;
  familyHash: Uint8Array;
  refreshHash: Uint8Array;
  expiresAt: Date;
};

/** Of an active account, which is held: who ends its sessions at the same time ends this one too. @returns whether it is active */
export async function insertSession(executor: Executor, session: NewSession): Promise<boolean> {
  const rows = await query(
    executor,
    'session_insert',
    `INSERT INTO "user".session (id, user_id, family_hash, refresh_hash, expires_at)
     SELECT $1::bigint, a.id, $3::bytea, $4::bytea, $5::timestamptz
     FROM (SELECT id FROM "user".account WHERE id = $2 AND state = 'ACTIVE' FOR SHARE) a RETURNING id`,
    [session.id, session.userId, session.familyHash, session.refreshHash, session.expiresAt],
  );
  return rows.length > 0;
}

export type LockedSession = RefreshState & { id: bigint; userId: bigint; now: Date };

/**
 * The session of a token's family, locked, with the time of the database: all processes decide by one clock. Sessions from before
 * families are found by their current token.
 */
export async function lockSession(
  tx: Executor,
  familyHash: Uint8Array,
  refreshHash: Uint8Array,
): Promise<LockedSession | null> {
  const [session] = await query<LockedSession>(
    tx,
    'session_lock',
    `SELECT s.id, s.user_id AS "userId", s.refresh_hash AS "refreshHash", s.previous_hash AS "previousHash",
       s.rotated_at AS "rotatedAt", s.expires_at AS "expiresAt", s.revoked_at IS NULL AND a.state = 'ACTIVE' AS "isLive",
       clock_timestamp() AS now
     FROM "user".session s JOIN "user".account a ON a.id = s.user_id
     WHERE s.family_hash = $1 OR (s.refresh_hash = $2 AND s.family_hash IS NULL) FOR UPDATE OF s`,
    [familyHash, refreshHash],
  );
  return session ?? null;
}

/** Makes another token the current one of a locked session. */
export async function rotateSession(
  tx: Executor,
  session: { id: bigint; familyHash: Uint8Array; refreshHash: Uint8Array; rotatedAt: Date },
): Promise<void> {
  await query(
    tx,
    'session_rotate',
    `UPDATE "user".session SET family_hash = $2, previous_hash = refresh_hash, refresh_hash = $3, rotated_at = $4 WHERE id = $1`,
    [session.id, session.familyHash, session.refreshHash, session.rotatedAt],
  );
}

/** @returns whether it was live */
export async function revokeSession(executor: Executor, id: bigint, userId: bigint): Promise<boolean> {
  const rows = await query(
    executor,
    'session_revoke',
    'UPDATE "user".session SET revoked_at = now() WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL RETURNING id',
    [id, userId],
  );
  return rows.length > 0;
}

/** Of active accounts. */
export function findLiveSessions(executor: Executor, ids: readonly bigint[]): Promise<bigint[]> {
  const text = `SELECT s.id FROM "user".session s JOIN "user".account a ON a.id = s.user_id
    WHERE s.id = ANY($1::bigint[]) AND s.revoked_at IS NULL AND a.state = 'ACTIVE'`;
  return idsOf(query(executor, 'session_live', text, [ids]));
}

/** Ends all sessions of an account. @returns those that were live */
export function revokeSessions(tx: Executor, userId: bigint): Promise<bigint[]> {
  const text = 'UPDATE "user".session SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL RETURNING id';
  return idsOf(query(tx, 'session_revoke_all', text, [userId]));
}

/** Removes all sessions of an account, ended ones too. */
export function deleteSessions(tx: Executor, userId: bigint): Promise<bigint[]> {
  return idsOf(query(tx, 'session_delete_all', 'DELETE FROM "user".session WHERE user_id = $1 RETURNING id', [userId]));
}

/** Removes sessions of which no access token is valid any more. @returns how many */
export async function deleteExpired(executor: Executor, limit: number): Promise<number> {
  const rows = await query(
    executor,
    'session_expired',
    `DELETE FROM "user".session WHERE id IN (
       SELECT id FROM "user".session WHERE expires_at < now() - $1 * interval '1 second' ORDER BY expires_at LIMIT $2) RETURNING 1`,
    [ACCESS_TOKEN_S, limit],
  );
  return rows.length;
}

async function idsOf(rows: Promise<{ id: bigint }[]>): Promise<bigint[]> {
  return (await rows).map(({ id }) => id);
}
