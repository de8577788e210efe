import { DEFAULT_LANGUAGE } from '@tintype/language';
import { type Executor, keysOf, query, statement } from '@tintype/postgres';
import type { ProfileCategory } from '#generated/graphql.ts';
import type { BioMention, ProfileLink } from '#profile/profile.model.ts';
import { notSuspended } from '#sanction/sanction.repository.ts';
import type { AccountModel, NewAccount } from './account.model.ts';
import { uniqueForm } from './account.rules.ts';

export const COLUMNS = `id, username, display_name AS "displayName", bio, bio_mentions AS "bioMentions",
  pronouns AS "pronouns!", category, links, is_private AS "isPrivate",
  avatar_key AS "avatarKey", avatar_placeholder AS "avatarPlaceholder", created_at AS "createdAt",
  visibility_version AS "visibilityVersion"`;

/** What `COLUMNS` has that Postgres does not know the types of. */
export type Narrowed = Pick<AccountModel, 'bioMentions' | 'category' | 'links'>;

/** Readers see only active accounts. */
const SEEN = `state = 'ACTIVE'`;

const ACCOUNT_BY_ID = statement(
  'account_by_id',
  `SELECT ${COLUMNS} FROM "user".account WHERE id = ANY(${keysOf('$1')}) AND ${SEEN}`,
).narrow<Narrowed>();

export function findAccounts(executor: Executor, ids: readonly bigint[]): Promise<AccountModel[]> {
  return query(executor, ACCOUNT_BY_ID, [ids]);
}

const ACCOUNT_BANNED = statement(
  'account_banned',
  `SELECT ${COLUMNS} FROM "user".account WHERE id = $1 AND state = 'BANNED'`,
).narrow<Narrowed>();

/** For its owner, who can still log in. */
export async function findBannedAccount(executor: Executor, id: bigint): Promise<AccountModel | null> {
  return (await query(executor, ACCOUNT_BANNED, [id]))[0] ?? null;
}

const ACCOUNTS_EXISTING = statement(
  'accounts_existing',
  `SELECT ${COLUMNS} FROM "user".account WHERE id = ANY($1) AND state <> 'DELETED'`,
).narrow<Narrowed>();

/** Also those that are deactivated or banned. */
export function findExistingAccounts(executor: Executor, ids: readonly bigint[]): Promise<AccountModel[]> {
  return query(executor, ACCOUNTS_EXISTING, [ids]);
}

const ACCOUNTS_NOTIFIABLE = statement(
  'accounts_notifiable',
  `SELECT id FROM "user".account WHERE id = ANY($1) AND ${SEEN} AND ${notSuspended('account.id')}`,
);

/** The active accounts among these that are not suspended. */
export async function findNotifiableAccounts(executor: Executor, ids: readonly bigint[]): Promise<bigint[]> {
  return (await query(executor, ACCOUNTS_NOTIFIABLE, [ids])).map(({ id }) => id);
}

const ACCOUNTS_AFTER = statement(
  'accounts_after',
  `SELECT ${COLUMNS} FROM "user".account WHERE id > $1 AND ${SEEN} ORDER BY id LIMIT $2`,
).narrow<Narrowed>();

export function listAccountsAfter(executor: Executor, after: bigint, first: number): Promise<AccountModel[]> {
  return query(executor, ACCOUNTS_AFTER, [after, first]);
}

const ACCOUNT_LOCK = statement(
  'account_lock',
  `SELECT ${COLUMNS} FROM "user".account WHERE id = $1 AND ${SEEN} FOR UPDATE`,
).narrow<Narrowed>();

/** Locks an active account. @returns null if there is none */
export async function lockAccount(tx: Executor, id: bigint): Promise<AccountModel | null> {
  return (await query(tx, ACCOUNT_LOCK, [id]))[0] ?? null;
}

const ACCOUNT_BY_USERNAME = statement(
  'account_by_username',
  `SELECT ${COLUMNS} FROM "user".account
   WHERE ${SEEN} AND (username_key = $1
     OR id = (SELECT user_id FROM "user".former_username WHERE username_key = $1 AND expires_at > now()))
   ORDER BY username_key = $1 DESC LIMIT 1`,
).narrow<Narrowed>();

/** By its username, or one that it had until recently. */
export async function findAccountByUsername(executor: Executor, username: string): Promise<AccountModel | null> {
  const [account] = await query(executor, ACCOUNT_BY_USERNAME, [uniqueForm(username)]);
  return account ?? null;
}

const ACCOUNT_IDS_BY_USERNAME = statement(
  'account_ids_by_username',
  `SELECT id FROM "user".account WHERE ${SEEN} AND (username_key = ANY($1)
     OR id = ANY(ARRAY(SELECT user_id FROM "user".former_username WHERE username_key = ANY($1) AND expires_at > now())))`,
);

/** By their usernames, or those that they had until recently. */
export function findIdsByUsername(executor: Executor, usernames: readonly string[]): Promise<{ id: bigint }[]> {
  return query(executor, ACCOUNT_IDS_BY_USERNAME, [usernames.map(uniqueForm)]);
}

const ACCOUNT_MENTIONED = statement(
  'account_mentioned',
  `SELECT DISTINCT ON (name) name AS "name!", id AS "id!" FROM (
     SELECT username_key AS name, id, true AS present FROM "user".account WHERE username_key = ANY($1) AND ${SEEN}
     UNION ALL
     SELECT f.username_key, a.id, false FROM "user".former_username f JOIN "user".account a ON a.id = f.user_id AND ${SEEN}
     WHERE f.username_key = ANY($1) AND f.expires_at > now()) AS known
   ORDER BY name, present DESC`,
);

/** Which accounts these usernames belong to, or did until recently. The names come back in their unique form. */
export function findMentioned(
  executor: Executor,
  usernames: readonly string[],
): Promise<{ name: string; id: bigint }[]> {
  return query(executor, ACCOUNT_MENTIONED, [usernames.map(uniqueForm)]);
}

const ACCOUNT_INSERT = statement(
  'account_insert',
  `INSERT INTO "user".account (id, username, username_key, email, email_key, display_name, language)
   VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
).narrow<Narrowed>();
const CREDENTIAL_INSERT = statement(
  'credential_insert',
  'INSERT INTO "user".credential (user_id, password_hash) VALUES ($1, $2)',
);

/** @throws unique violation on username_key or email_key */
export async function insertAccount(tx: Executor, id: bigint, account: NewAccount): Promise<AccountModel> {
  const { username, email, displayName, passwordHash, language = DEFAULT_LANGUAGE } = account;
  const [inserted] = await query(tx, ACCOUNT_INSERT, [
    id,
    username,
    uniqueForm(username),
    email,
    uniqueForm(email),
    displayName,
    language,
  ]);
  await query(tx, CREDENTIAL_INSERT, [id, passwordHash]);
  return inserted!;
}

export type ProfileChange = {
  displayName?: string | undefined;
  bio?: string | undefined;
  bioMentions?: readonly BioMention[] | undefined;
  pronouns?: readonly string[] | undefined;
  category?: ProfileCategory | undefined;
  links?: readonly ProfileLink[] | undefined;
  isPrivate?: boolean | undefined;
  avatarUploadId?: bigint | undefined;
};

const ACCOUNT_UPDATE = statement(
  'account_update',
  `UPDATE "user".account SET
     display_name = coalesce($2?, display_name), bio = coalesce($3?, bio),
     visibility_version = visibility_version + CASE WHEN $4 <> is_private THEN 1 ELSE 0 END,
     is_private = coalesce($4?, is_private), requested_avatar_upload_id = coalesce($5?::bigint, requested_avatar_upload_id),
     avatar_state = CASE WHEN $5::bigint IS NULL THEN avatar_state ELSE 'PROCESSING' END,
     bio_mentions = coalesce($6?::jsonb, bio_mentions), pronouns = CASE WHEN $10 THEN $7 ELSE pronouns END,
     category = coalesce($8?, category), links = coalesce($9?::jsonb, links), updated_at = now()
   WHERE id = $1 AND ${SEEN} RETURNING ${COLUMNS}`,
).narrow<Narrowed>();

/** Changes the given fields only. @returns null if there is no such active account */
export async function updateProfile(tx: Executor, id: bigint, change: ProfileChange): Promise<AccountModel | null> {
  const { displayName = null, bio = null, isPrivate = null, avatarUploadId = null } = change;
  const { bioMentions, pronouns, category = null, links } = change;
  const [updated] = await query(tx, ACCOUNT_UPDATE, [
    id,
    displayName,
    bio,
    isPrivate,
    avatarUploadId,
    bioMentions ? JSON.stringify(bioMentions) : null,
    pronouns ?? [],
    category,
    links ? JSON.stringify(links) : null,
    pronouns !== undefined,
  ]);
  return updated ?? null;
}

export type ProcessedAvatar = {
  userId: bigint;
  uploadId: bigint;
  objectKey: string | null;
  placeholder: string | null;
};

const ACCOUNT_AVATAR_LOCK = statement(
  'account_avatar_lock',
  `SELECT requested_avatar_upload_id AS "requestedUploadId", avatar_upload_id AS "uploadId" FROM "user".account WHERE id = $1 FOR UPDATE`,
);

/** Locks the account. Returns the upload of the last requested profile picture and that of the current one. */
export async function lockAvatar(
  tx: Executor,
  userId: bigint,
): Promise<{ requestedUploadId: bigint | null; uploadId: bigint | null } | null> {
  const rows = await query(tx, ACCOUNT_AVATAR_LOCK, [userId]);
  return rows[0] ?? null;
}

const ACCOUNT_AVATAR = statement(
  'account_avatar',
  `UPDATE "user".account SET
     avatar_state = CASE WHEN $2::text IS NULL THEN 'FAILED' ELSE 'READY' END,
     avatar_key = coalesce($2?, avatar_key),
     avatar_upload_id = CASE WHEN $2::text IS NULL THEN avatar_upload_id ELSE $4::bigint END,
     avatar_placeholder = CASE WHEN $2::text IS NULL THEN avatar_placeholder ELSE $3? END
   WHERE id = $1`,
);

/** Stores the processed profile picture. If processing failed, the previous picture stays. */
export async function setAvatar(tx: Executor, avatar: ProcessedAvatar): Promise<void> {
  await query(tx, ACCOUNT_AVATAR, [avatar.userId, avatar.objectKey, avatar.placeholder, avatar.uploadId]);
}

const ACCOUNT_MAIL = statement(
  'account_mail',
  `SELECT id AS "userId", email AS "email!" FROM "user".account
   WHERE id = ANY($1) AND email_verified_at IS NOT NULL AND ${SEEN} AND ${notSuspended('account.id')}`,
);

/** The verified addresses of the active accounts among these that are not suspended. Nobody else gets mail. */
export function findMailAddresses(
  executor: Executor,
  ids: readonly bigint[],
): Promise<{ userId: bigint; email: string }[]> {
  return query(executor, ACCOUNT_MAIL, [ids]);
}

const CREDENTIAL_FIND = statement(
  'credential_find',
  `SELECT c.user_id AS "userId", c.password_hash AS "passwordHash", a.username_key = $1 AS "isUsername!"
   FROM "user".account a JOIN "user".credential c ON c.user_id = a.id
   WHERE a.username_key = $1 OR a.email_key = $1`,
);

/**
 * Finds an account by username or e-mail address, with its password hash. Includes deactivated accounts.
 *
 * @returns `isUsername`: whether it was found by its username
 */
export async function findCredential(
  executor: Executor,
  identifier: string,
): Promise<{ userId: bigint; passwordHash: string; isUsername: boolean } | null> {
  const [found] = await query(executor, CREDENTIAL_FIND, [uniqueForm(identifier)]);
  return found ?? null;
}
