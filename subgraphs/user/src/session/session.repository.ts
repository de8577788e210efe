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
import type { SessionModel } from './session.model.ts';
import { ACCESS_TOKEN_S, type RefreshState } from './token.rules.ts';

/** The hash that the password was compared with, and whether a code of the second factor was right. */
export type PasswordShown = { passwordHash: string; hasCode: boolean };

/** A linked identity with which somebody logged in at its provider, and whether a code was right. */
export type LinkedIdentityShown = { linkedIdentityId: bigint; hasCode: boolean };

/** What opens a session: a password or linked identity, with a code where one is needed, or a passkey. */
export type Shown = PasswordShown | LinkedIdentityShown | { passkeyId: bigint };

export type NewSession = {
  id: bigint;
  userId: bigint;
  familyHash: Uint8Array;
  refreshHash: Uint8Array;
  expiresAt: Date;
  /** What the client called itself. */
  device: string;
} & Shown;

/** Whether the owner of an account `a` can log in: that of a banned one can, too. */
export const CAN_LOG_IN = `a.state IN ('ACTIVE', 'BANNED')`;

const SESSION_INSERT = statement(
  'session_insert',
  `INSERT INTO "user".session (id, user_id, family_hash, refresh_hash, expires_at, device)
   SELECT $1::bigint, a.id, $3::bytea, $4::bytea, $5::timestamptz, $6
   FROM (SELECT a.id FROM "user".account a JOIN "user".credential c ON c.user_id = a.id
         WHERE a.id = $2 AND ${CAN_LOG_IN} AND c.password_hash = $7
           AND ($8::boolean OR NOT c.needs_code)
         FOR SHARE OF a, c) a RETURNING id`,
);

const SESSION_INSERT_BY_PASSKEY = statement(
  'session_insert_by_passkey',
  `INSERT INTO "user".session (id, user_id, family_hash, refresh_hash, expires_at, device, passkey_id)
   SELECT $1::bigint, a.id, $3::bytea, $4::bytea, $5::timestamptz, $6, a.passkey_id
   FROM (SELECT a.id, p.id AS passkey_id FROM "user".account a JOIN "user".passkey p ON p.user_id = a.id
         WHERE a.id = $2 AND ${CAN_LOG_IN} AND p.id = $7 FOR SHARE OF a, p) a RETURNING id`,
);

const SESSION_INSERT_BY_LINKED_IDENTITY = statement(
  'session_insert_by_linked_identity',
  `INSERT INTO "user".session (id, user_id, family_hash, refresh_hash, expires_at, device, linked_identity_id)
   SELECT $1::bigint, a.id, $3::bytea, $4::bytea, $5::timestamptz, $6, a.linked_identity_id
   FROM (SELECT a.id, i.id AS linked_identity_id FROM "user".account a JOIN "user".credential c ON c.user_id = a.id
           JOIN "user".linked_identity i ON i.user_id = a.id
         WHERE a.id = $2 AND ${CAN_LOG_IN} AND i.id = $7
           AND ($8::boolean OR NOT c.needs_code)
         FOR SHARE OF a, c, i) a RETURNING id`,
);

/**
 * Adds a session of an active or banned account. It is locked with what was shown, so a concurrent end of all its
 * sessions includes this one, and what was just replaced or deleted opens none.
 *
 * @returns whether the account has this state and still this password, passkey or linked identity
 */
export async function insertSession(executor: Executor, session: NewSession): Promise<boolean> {
  const { id, userId, familyHash, refreshHash, expiresAt, device } = session;
  const values = [id, userId, familyHash, refreshHash, expiresAt, device] as const;
  const insert = () => {
    if ('passkeyId' in session) return query(executor, SESSION_INSERT_BY_PASSKEY, [...values, session.passkeyId]);
    const { hasCode } = session;
    return 'linkedIdentityId' in session
      ? query(executor, SESSION_INSERT_BY_LINKED_IDENTITY, [...values, session.linkedIdentityId, hasCode])
      : query(executor, SESSION_INSERT, [...values, session.passwordHash, hasCode]);
  };
  return (await insert()).length > 0;
}

const SESSION_MAY_OPEN = statement(
  'session_may_open',
  'SELECT 1 FROM "user".credential WHERE user_id = $1 AND password_hash = $2 AND ($3::boolean OR NOT needs_code)',
);

const SESSION_MAY_OPEN_BY_PASSKEY = statement(
  'session_may_open_by_passkey',
  'SELECT 1 FROM "user".passkey WHERE user_id = $1 AND id = $2',
);

const SESSION_MAY_OPEN_BY_LINKED_IDENTITY = statement(
  'session_may_open_by_linked_identity',
  `SELECT 1 FROM "user".linked_identity i JOIN "user".credential c ON c.user_id = i.user_id
   WHERE i.user_id = $1 AND i.id = $2 AND ($3::boolean OR NOT c.needs_code)`,
);

/** Whether what was shown is enough for a session of a locked account. */
export async function mayOpen(tx: Executor, session: NewSession): Promise<boolean> {
  const { userId } = session;
  const find = () => {
    if ('passkeyId' in session) return query(tx, SESSION_MAY_OPEN_BY_PASSKEY, [userId, session.passkeyId]);
    const { hasCode } = session;
    return 'linkedIdentityId' in session
      ? query(tx, SESSION_MAY_OPEN_BY_LINKED_IDENTITY, [userId, session.linkedIdentityId, hasCode])
      : query(tx, SESSION_MAY_OPEN, [userId, session.passwordHash, hasCode]);
  };
  return (await find()).length > 0;
}

export type LockedSession = RefreshState & { id: bigint; userId: bigint; now: Date };

const SESSION_LOCK = statement(
  'session_lock',
  `SELECT s.id, s.user_id AS "userId", s.refresh_hash AS "refreshHash", s.previous_hash AS "previousHash",
     s.rotated_at AS "rotatedAt", s.expires_at AS "expiresAt", s.revoked_at IS NULL AND ${CAN_LOG_IN} AS "isLive!",
     clock_timestamp() AS "now!"
   FROM "user".session s JOIN "user".account a ON a.id = s.user_id
   WHERE s.family_hash = $1 OR (s.refresh_hash = $2 AND s.family_hash IS NULL) FOR UPDATE OF s`,
);

/**
 * Locks the session of a token's family, and reads the database's time, so that all processes use one clock. Sessions
 * from before families are found by their current token.
 */
export async function lockSession(
  tx: Executor,
  familyHash: Uint8Array,
  refreshHash: Uint8Array,
): Promise<LockedSession | null> {
  const [session] = await query(tx, SESSION_LOCK, [familyHash, refreshHash]);
  return session ?? null;
}

const SESSION_ROTATE = statement(
  'session_rotate',
  `UPDATE "user".session SET family_hash = $2, previous_hash = refresh_hash, refresh_hash = $3, rotated_at = $4 WHERE id = $1`,
);

/** Replaces the current token of a locked session. */
export async function rotateSession(
  tx: Executor,
  session: { id: bigint; familyHash: Uint8Array; refreshHash: Uint8Array; rotatedAt: Date },
): Promise<void> {
  await query(tx, SESSION_ROTATE, [session.id, session.familyHash, session.refreshHash, session.rotatedAt]);
}

const SESSION_REVOKE = statement(
  'session_revoke',
  'UPDATE "user".session SET revoked_at = now() WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL RETURNING id',
);

/** @returns whether it was live */
export async function revokeSession(executor: Executor, id: bigint, userId: bigint): Promise<boolean> {
  const rows = await query(executor, SESSION_REVOKE, [id, userId]);
  return rows.length > 0;
}

const SESSION_LIVE = statement(
  'session_live',
  `SELECT s.id, s.user_id AS "userId" FROM "user".session s JOIN "user".account a ON a.id = s.user_id
  WHERE s.id = ANY($1::bigint[]) AND s.revoked_at IS NULL AND ${CAN_LOG_IN}`,
);

/** Only of accounts whose owners can log in, with the ids of these. */
export function findLiveSessions(
  executor: Executor,
  ids: readonly bigint[],
): Promise<{ id: bigint; userId: bigint }[]> {
  return query(executor, SESSION_LIVE, [ids]);
}

const SESSION_REVOKE_ALL = statement(
  'session_revoke_all',
  'UPDATE "user".session SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL RETURNING id',
);

const SESSION_REVOKE_OTHERS = statement(
  'session_revoke_others',
  'UPDATE "user".session SET revoked_at = now() WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL RETURNING id',
);

/** Ends all sessions of an account but one. @returns those that were live */
export function revokeOtherSessions(tx: Executor, userId: bigint, keptId: bigint): Promise<bigint[]> {
  return idsOf(query(tx, SESSION_REVOKE_OTHERS, [userId, keptId]));
}

const SESSION_REVOKE_OF_PASSKEY = statement(
  'session_revoke_of_passkey',
  `UPDATE "user".session SET revoked_at = now()
   WHERE user_id = $1 AND passkey_id = $2 AND id <> $3 AND revoked_at IS NULL RETURNING id`,
);

/** Ends all sessions that a passkey opened but one. @returns those that were live */
export function revokeSessionsOfPasskey(
  tx: Executor,
  { userId, passkeyId, keptId }: { userId: bigint; passkeyId: bigint; keptId: bigint },
): Promise<bigint[]> {
  return idsOf(query(tx, SESSION_REVOKE_OF_PASSKEY, [userId, passkeyId, keptId]));
}

const SESSION_REVOKE_OF_LINKED_IDENTITY = statement(
  'session_revoke_of_linked_identity',
  `UPDATE "user".session SET revoked_at = now()
   WHERE user_id = $1 AND linked_identity_id = $2 AND id <> $3 AND revoked_at IS NULL RETURNING id`,
);

/** Ends all sessions that a linked identity opened but one. @returns those that were live */
export function revokeSessionsOfLinkedIdentity(
  tx: Executor,
  { userId, linkedIdentityId, keptId }: { userId: bigint; linkedIdentityId: bigint; keptId: bigint },
): Promise<bigint[]> {
  return idsOf(query(tx, SESSION_REVOKE_OF_LINKED_IDENTITY, [userId, linkedIdentityId, keptId]));
}

const SESSION_DEVICE = statement('session_device', 'SELECT device FROM "user".session WHERE id = $1 AND user_id = $2');

/** @returns what the client called itself; empty if it has no name, or there is no such session */
export async function findDevice(executor: Executor, id: bigint, userId: bigint): Promise<string> {
  return (await query(executor, SESSION_DEVICE, [id, userId]))[0]?.device ?? '';
}

const SESSION_LIST = statementFor('session_list', ['forward', 'backward'], (direction: Direction) => {
  const { comparison, order } = DESCENDING[direction];
  return `SELECT id, device, created_at AS "createdAt", rotated_at AS "lastSeenAt" FROM "user".session
    WHERE user_id = $1 AND id ${comparison} $2 AND revoked_at IS NULL AND expires_at > now() ORDER BY id ${order} LIMIT $3`;
});

/** Live sessions of an account, newest first. */
export function listSessions(executor: Executor, userId: bigint, read: KeysetRead): Promise<SessionModel[]> {
  return query(executor, SESSION_LIST(read.direction), [userId, startOf(read), read.limit]);
}

/** Ends all sessions of an account. @returns those that were live */
export function revokeSessions(tx: Executor, userId: bigint): Promise<bigint[]> {
  return idsOf(query(tx, SESSION_REVOKE_ALL, [userId]));
}

const SESSION_DELETE_ALL = statement(
  'session_delete_all',
  'DELETE FROM "user".session WHERE user_id = $1 RETURNING id',
);

/** Removes all sessions of an account, including ended ones. */
export function deleteSessions(tx: Executor, userId: bigint): Promise<bigint[]> {
  return idsOf(query(tx, SESSION_DELETE_ALL, [userId]));
}

const SESSION_EXPIRED = statement(
  'session_expired',
  `DELETE FROM "user".session WHERE id IN (
     SELECT id FROM "user".session WHERE expires_at < now() - $1 * interval '1 second' ORDER BY expires_at LIMIT $2) RETURNING 1`,
);

/** Removes sessions whose access tokens have all expired. @returns how many */
export async function deleteExpired(executor: Executor, limit: number): Promise<number> {
  const rows = await query(executor, SESSION_EXPIRED, [ACCESS_TOKEN_S, limit]);
  return rows.length;
}

async function idsOf(rows: Promise<{ id: bigint }[]>): Promise<bigint[]> {
  return (await rows).map(({ id }) => id);
}
