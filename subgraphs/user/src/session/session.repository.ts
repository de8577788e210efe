import { type Executor, query } from '@tintype/postgres';

export async function insertSession(
  executor: Executor,
  session: { id: bigint; userId: bigint; refreshHash: Uint8Array; expiresAt: Date },
): Promise<void> {
  await query(
    executor,
    'session_insert',
    'INSERT INTO "user".session (id, user_id, refresh_hash, expires_at) VALUES ($1, $2, $3, $4)',
    [session.id, session.userId, session.refreshHash, session.expiresAt],
  );
}

/** Exchanges the current token of a live session for the next. @returns null where it is no session's current one */
export async function rotateSession(
  executor: Executor,
  refreshHash: Uint8Array,
  nextHash: Uint8Array,
): Promise<{ id: bigint; userId: bigint } | null> {
  const [session] = await query<{ id: bigint; userId: bigint }>(
    executor,
    'session_rotate',
    `UPDATE "user".session SET previous_hash = refresh_hash, refresh_hash = $2, rotated_at = now()
     WHERE refresh_hash = $1 AND revoked_at IS NULL AND expires_at > now()
     RETURNING id, user_id AS "userId"`,
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
