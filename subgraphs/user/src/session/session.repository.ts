import { type Executor, query } from '@tintype/postgres';

export type NewSession = { id: bigint; userId: bigint; refreshHash: Uint8Array; expiresAt: Date };

/** Of an active account, which is held: who ends its sessions at the same time ends this one too. @returns whether it is active */
export async function insertSession(executor: Executor, session: NewSession): Promise<boolean> {
  const rows = await query(
    executor,
    'session_insert',
    `INSERT INTO "user".session (id, user_id, refresh_hash, expires_at)
     SELECT $1::bigint, a.id, $3::bytea, $4::timestamptz
     FROM (SELECT id FROM "user".account WHERE id = $2 AND state = 'ACTIVE' FOR SHARE) a RETURNING id`,
    [session.id, session.userId, session.refreshHash, session.expiresAt],
  );
  return rows.length > 0;
}

/**
 * Exchanges the current token of a live session of an active account for the next. An account that is not active has no live sessions,
 * so this only makes sure of it.
 *
 * @returns null where it is no such session's current one
 */
export async function rotateSession(
  executor: Executor,
  refreshHash: Uint8Array,
  nextHash: Uint8Array,
): Promise<{ id: bigint; userId: bigint } | null> {
  const [session] = await query<{ id: bigint; userId: bigint }>(
    executor,
    'session_rotate',
    `UPDATE "user".session s SET previous_hash = s.refresh_hash, refresh_hash = $2, rotated_at = now()
     FROM "user".account a
     WHERE s.refresh_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > now() AND a.id = s.user_id AND a.state = 'ACTIVE'
     RETURNING s.id, s.user_id AS "userId"`,
    [refreshHash, nextHash],
  );
  return session ?? null;
}

/** Ends the session whose token before the current one this is, unless that was rotated out within the grace. */
export async function revokeReused(executor: Executor, hash: Uint8Array, graceMs: number): Promise<bigint | null> {
  const [session] = await query<{ id: bigint }>(
    executor,
    'session_reuse',
    `UPDATE "user".session SET revoked_at = now()
     WHERE previous_hash = $1 AND revoked_at IS NULL AND rotated_at < now() - $2 * interval '1 millisecond'
     RETURNING id`,
    [hash, graceMs],
  );
  return session?.id ?? null;
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

/** Ends all sessions of an account. @returns those that were live */
export function revokeSessions(tx: Executor, userId: bigint): Promise<bigint[]> {
  const text = 'UPDATE "user".session SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL RETURNING id';
  return idsOf(query(tx, 'session_revoke_all', text, [userId]));
}

/** Removes all sessions of an account, ended ones too. */
export function deleteSessions(tx: Executor, userId: bigint): Promise<bigint[]> {
  return idsOf(query(tx, 'session_delete_all', 'DELETE FROM "user".session WHERE user_id = $1 RETURNING id', [userId]));
}

async function idsOf(rows: Promise<{ id: bigint }[]>): Promise<bigint[]> {
  return (await rows).map(({ id }) => id);
}
