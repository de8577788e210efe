import { type Executor, keysOf, query } from '@tintype/postgres';
import type { AccountModel, NewAccount } from './account.model.ts';
import { keyOf } from './account.rules.ts';

export const COLUMNS = `id, username, display_name AS "displayName", bio, website, is_private AS "isPrivate",
  avatar_key AS "avatarKey", avatar_placeholder AS "avatarPlaceholder", created_at AS "createdAt",
  visibility_version AS "visibilityVersion"`;

/** Whoever reads sees active accounts, and no others. */
const SEEN = `state = 'ACTIVE'`;

export function findAccounts(executor: Executor, ids: readonly bigint[]): Promise<AccountModel[]> {
  const text = `SELECT ${COLUMNS} FROM "user".account WHERE id = ANY(${keysOf('$1')}) AND ${SEEN}`;
  return query(executor, 'account_by_id', text, [ids]);
}

export function listAccountsAfter(executor: Executor, after: bigint, first: number): Promise<AccountModel[]> {
  const text = `SELECT ${COLUMNS} FROM "user".account WHERE id > $1 AND ${SEEN} ORDER BY id LIMIT $2`;
  return query(executor, 'accounts_after', text, [after, first]);
}

export async function findAccountByUsername(executor: Executor, username: string): Promise<AccountModel | null> {
  const text = `SELECT ${COLUMNS} FROM "user".account WHERE username_key = $1 AND ${SEEN}`;
  const [account] = await query<AccountModel>(executor, 'account_by_username', text, [keyOf(username)]);
  return account ?? null;
}

export function findIdsByUsername(executor: Executor, usernames: readonly string[]): Promise<{ id: bigint }[]> {
  const text = `SELECT id FROM "user".account WHERE username_key = ANY($1) AND ${SEEN}`;
  return query(executor, 'account_ids_by_username', text, [usernames.map(keyOf)]);
}

/** @throws unique violation on username_key or email_key */
export async function insertAccount(tx: Executor, id: bigint, account: NewAccount): Promise<AccountModel> {
  const { username, email, displayName, passwordHash } = account;
  const [inserted] = await query<AccountModel>(
    tx,
    'account_insert',
    `INSERT INTO "user".account (id, username, username_key, email, email_key, display_name)
     VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${COLUMNS}`,
    [id, username, keyOf(username), email, keyOf(email), displayName],
  );
  const credential = 'INSERT INTO "user".credential (user_id, password_hash) VALUES ($1, $2)';
  await query(tx, 'credential_insert', credential, [id, passwordHash]);
  return inserted!;
}

export type ProfileChange = {
  displayName?: string | undefined;
  bio?: string | undefined;
  website?: string | undefined;
  isPrivate?: boolean | undefined;
  avatarUploadId?: bigint | undefined;
};

/** Changes what is given and leaves the rest. @returns null where there is no such active account */
export async function updateProfile(tx: Executor, id: bigint, change: ProfileChange): Promise<AccountModel | null> {
  const { displayName, bio, website, isPrivate, avatarUploadId } = change;
  const [updated] = await query<AccountModel>(
    tx,
    'account_update',
    `UPDATE "user".account SET
       display_name = coalesce($2, display_name), bio = coalesce($3, bio), website = coalesce($4, website),
       visibility_version = visibility_version + CASE WHEN $5 <> is_private THEN 1 ELSE 0 END,
       is_private = coalesce($5, is_private), avatar_upload_id = coalesce($6::bigint, avatar_upload_id),
       avatar_state = CASE WHEN $6::bigint IS NULL THEN avatar_state ELSE 'PROCESSING' END, updated_at = now()
     WHERE id = $1 AND ${SEEN} RETURNING ${COLUMNS}`,
    [id, displayName, bio, website, isPrivate, avatarUploadId],
  );
  return updated ?? null;
}

export type ProcessedAvatar = {
  userId: bigint;
  uploadId: bigint;
  objectKey: string | null;
  placeholder: string | null;
};

/** The picture of an account, held: the upload asked for last, and what is shown. */
export async function lockAvatar(
  tx: Executor,
  userId: bigint,
): Promise<{ uploadId: bigint | null; objectKey: string | null } | null> {
  const text = `SELECT avatar_upload_id AS "uploadId", avatar_key AS "objectKey" FROM "user".account WHERE id = $1 FOR UPDATE`;
  const rows = await query<{ uploadId: bigint | null; objectKey: string | null }>(tx, 'account_avatar_lock', text, [
    userId,
  ]);
  return rows[0] ?? null;
}

/** Takes over a picture; one that failed leaves the picture before it. */
export async function setAvatar(tx: Executor, avatar: ProcessedAvatar): Promise<void> {
  await query(
    tx,
    'account_avatar',
    `UPDATE "user".account SET
       avatar_state = CASE WHEN $2::text IS NULL THEN 'FAILED' ELSE 'READY' END,
       avatar_key = coalesce($2, avatar_key),
       avatar_placeholder = CASE WHEN $2::text IS NULL THEN avatar_placeholder ELSE $3 END
     WHERE id = $1`,
    [avatar.userId, avatar.objectKey, avatar.placeholder],
  );
}

/** Of the active accounts among these: nothing is mailed to anybody else. */
export function findMailAddresses(
  executor: Executor,
  ids: readonly bigint[],
): Promise<{ userId: bigint; email: string }[]> {
  const text = `SELECT id AS "userId", email FROM "user".account WHERE id = ANY($1) AND ${SEEN}`;
  return query(executor, 'account_mail', text, [ids]);
}

/** By username or e-mail address, with the hash to compare; also of a deactivated account. */
export async function findCredential(
  executor: Executor,
  identifier: string,
): Promise<{ userId: bigint; passwordHash: string } | null> {
  const [found] = await query<{ userId: bigint; passwordHash: string }>(
    executor,
    'credential_find',
    `SELECT c.user_id AS "userId", c.password_hash AS "passwordHash"
     FROM "user".account a JOIN "user".credential c ON c.user_id = a.id
     WHERE a.username_key = $1 OR a.email_key = $1`,
    [keyOf(identifier)],
  );
  return found ?? null;
}
