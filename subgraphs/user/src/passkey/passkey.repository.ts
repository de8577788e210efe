import { type Executor, query, statement } from '@tintype/postgres';
import { beforeVerification } from '#email/email.repository.ts';
import type { PasskeyModel } from './passkey.model.ts';

const COLUMNS = `id, name, is_backed_up AS "isBackedUp", created_at AS "createdAt", last_used_at AS "lastUsedAt"`;

export type NewPasskey = {
  id: bigint;
  userId: bigint;
  credentialId: Uint8Array;
  publicKey: Uint8Array;
  signCount: number;
  isBackedUp: boolean;
  name: string;
};

const PASSKEY_INSERT = statement(
  'passkey_insert',
  `INSERT INTO "user".passkey (id, user_id, credential_id, public_key, sign_count, is_backed_up, name)
   SELECT $1::bigint, $2::bigint, $3::bytea, $4::bytea, $5::bigint, $6::boolean, $7
   WHERE (SELECT count(*) FROM "user".passkey WHERE user_id = $2) < $8 RETURNING ${COLUMNS}`,
);

/**
 * Adds a passkey of a locked account.
 *
 * @param max the most passkeys that it may have
 * @returns null if it already has that many
 * @throws a violation of `credential_id_key` if there is such a passkey already
 */
export async function insertPasskey(tx: Executor, passkey: NewPasskey, max: number): Promise<PasskeyModel | null> {
  const { id, userId, credentialId, publicKey, signCount, isBackedUp, name } = passkey;
  const values = [id, userId, credentialId, publicKey, signCount, isBackedUp, name, max] as const;
  return (await query(tx, PASSKEY_INSERT, [...values]))[0] ?? null;
}

const PASSKEY_LIST = statement('passkey_list', `SELECT ${COLUMNS} FROM "user".passkey WHERE user_id = $1 ORDER BY id`);

/** In the order in which they were added. */
export function listPasskeys(executor: Executor, userId: bigint): Promise<PasskeyModel[]> {
  return query(executor, PASSKEY_LIST, [userId]);
}

const PASSKEY_CREDENTIALS = statement(
  'passkey_credentials',
  'SELECT credential_id AS "credentialId" FROM "user".passkey WHERE user_id = $1 ORDER BY id',
);

export async function listCredentialIds(executor: Executor, userId: bigint): Promise<Uint8Array[]> {
  return (await query(executor, PASSKEY_CREDENTIALS, [userId])).map(({ credentialId }) => credentialId);
}

const PASSKEY_FIND = statement(
  'passkey_find',
  `SELECT id, user_id AS "userId", public_key AS "publicKey" FROM "user".passkey WHERE credential_id = $1`,
);

/** @returns null if there is no such passkey */
export async function findPasskey(
  executor: Executor,
  credentialId: Uint8Array,
): Promise<{ id: bigint; userId: bigint; publicKey: Uint8Array } | null> {
  return (await query(executor, PASSKEY_FIND, [credentialId]))[0] ?? null;
}

const PASSKEY_LOCK = statement(
  'passkey_lock',
  'SELECT sign_count AS "signCount" FROM "user".passkey WHERE id = $1 FOR UPDATE',
);

/** Locks a passkey. @returns how often it was used, as its authenticator counts; null if it was deleted */
export async function lockSignCount(tx: Executor, id: bigint): Promise<bigint | null> {
  return (await query(tx, PASSKEY_LOCK, [id]))[0]?.signCount ?? null;
}

const PASSKEY_USE = statement(
  'passkey_use',
  'UPDATE "user".passkey SET sign_count = $2, is_backed_up = $3, last_used_at = now() WHERE id = $1',
);

/** Writes a use of a locked passkey. */
export async function usePasskey(
  tx: Executor,
  { id, signCount, isBackedUp }: { id: bigint; signCount: number; isBackedUp: boolean },
): Promise<void> {
  await query(tx, PASSKEY_USE, [id, signCount, isBackedUp]);
}

const PASSKEY_COPIED = statement(
  'passkey_copied',
  `UPDATE "user".passkey SET copy_noticed_at = now()
   WHERE id = $1 AND (copy_noticed_at IS NULL OR copy_noticed_at < now() - interval '1 day') RETURNING id`,
);

/** @returns whether its owner is to get a notice: once a day, because whoever has a copy can try it often */
export async function noteCopy(tx: Executor, id: bigint): Promise<boolean> {
  return (await query(tx, PASSKEY_COPIED, [id])).length > 0;
}

const PASSKEY_RENAME = statement(
  'passkey_rename',
  `UPDATE "user".passkey SET name = $3 WHERE id = $1 AND user_id = $2 RETURNING ${COLUMNS}`,
);

/** @returns null if the account has no such passkey */
export async function renamePasskey(
  executor: Executor,
  id: bigint,
  userId: bigint,
  name: string,
): Promise<PasskeyModel | null> {
  return (await query(executor, PASSKEY_RENAME, [id, userId, name]))[0] ?? null;
}

const PASSKEY_DELETE = statement(
  'passkey_delete',
  'DELETE FROM "user".passkey WHERE id = $1 AND user_id = $2 RETURNING id',
);

/** @returns whether the account had such a passkey */
export async function deletePasskey(tx: Executor, id: bigint, userId: bigint): Promise<boolean> {
  return (await query(tx, PASSKEY_DELETE, [id, userId])).length > 0;
}

const PASSKEYS_UNVERIFIED = statement(
  'passkeys_unverified',
  `DELETE FROM "user".passkey p USING "user".account a
   WHERE a.id = $1 AND p.user_id = a.id AND ${beforeVerification('p.created_at')} RETURNING p.id`,
);

/** Removes the passkeys from before the present address of a locked account was verified. @returns how many */
export async function deleteUnverifiedPasskeys(tx: Executor, userId: bigint): Promise<number> {
  return (await query(tx, PASSKEYS_UNVERIFIED, [userId])).length;
}

const PASSKEY_ERASE = statement('passkey_erase', 'DELETE FROM "user".passkey WHERE user_id = $1');

/** For a deleted account. */
export async function erasePasskeys(tx: Executor, userId: bigint): Promise<void> {
  await query(tx, PASSKEY_ERASE, [userId]);
}

const CHALLENGE_USE = statement(
  'passkey_challenge_use',
  `INSERT INTO "user".used_passkey_challenge (nonce, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING nonce`,
);

/** Uses a challenge up. @returns whether this call did */
export async function useChallenge(
  tx: Executor,
  { nonce, expiresAt }: { nonce: Uint8Array; expiresAt: Date },
): Promise<boolean> {
  return (await query(tx, CHALLENGE_USE, [nonce, expiresAt])).length > 0;
}

const CHALLENGES_STALE = statement(
  'passkey_challenges_stale',
  `DELETE FROM "user".used_passkey_challenge WHERE nonce IN (
     SELECT nonce FROM "user".used_passkey_challenge WHERE expires_at < now() - interval '1 hour' LIMIT $1) RETURNING 1`,
);

/** Removes expired ones, an hour later, because the clocks of processes may differ. @returns how many */
export async function deleteStaleUsedChallenges(executor: Executor, limit: number): Promise<number> {
  return (await query(executor, CHALLENGES_STALE, [limit])).length;
}
