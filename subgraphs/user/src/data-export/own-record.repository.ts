import { type ListRecords, personalRecord } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import { type Executor, query, statement } from '@tintype/postgres';

export type OwnRecordKind =
  | 'ACCOUNT'
  | 'SESSIONS'
  | 'DEVICES'
  | 'PASSKEYS'
  | 'LINKED_IDENTITIES'
  | 'FORMER_USERNAMES'
  | 'APPS'
  | 'AUTHORIZED_APPS';

const EXPORTED_ACCOUNT = statement(
  'exported_account',
  `SELECT a.id, a.username, a.email, a.email_verified_at AS "emailVerifiedAt", a.pending_email AS "pendingEmail",
     a.display_name AS "displayName", a.bio, a.pronouns AS "pronouns!", a.category, a.links, a.language, a.is_private AS "isPrivate", a.state,
     a.created_at AS "createdAt", a.updated_at AS "updatedAt",
     (SELECT c.updated_at FROM "user".credential c WHERE c.user_id = a.id) AS "passwordChangedAt",
     (SELECT f.enabled_at FROM "user".second_factor f WHERE f.user_id = a.id) AS "twoFactorEnabledAt",
     (SELECT count(*)::int FROM "user".recovery_code r WHERE r.user_id = a.id) AS "recoveryCodesLeft!"
   FROM "user".account a WHERE a.id = $1 AND a.state <> 'DELETED'`,
);
const EXPORTED_SESSIONS = statement(
  'exported_sessions',
  `SELECT id, device, created_at AS "createdAt", rotated_at AS "lastSeenAt", expires_at AS "expiresAt",
     revoked_at AS "endedAt"
   FROM "user".session WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
);
const EXPORTED_DEVICES = statement(
  'exported_devices',
  `SELECT row_number() OVER (ORDER BY known.kind, known.seen_at) AS "cursor!", known.kind AS "kind!",
     known.seen_at AS "lastSeenAt!"
   FROM (SELECT 'device' AS kind, seen_at FROM "user".known_device WHERE user_id = $1
         UNION ALL SELECT 'network', seen_at FROM "user".known_network WHERE user_id = $1) AS known
   ORDER BY 1 OFFSET $2 LIMIT $3`,
);
const EXPORTED_PASSKEYS = statement(
  'exported_passkeys',
  `SELECT id, name, is_backed_up AS "isBackedUp", created_at AS "createdAt", last_used_at AS "lastUsedAt"
   FROM "user".passkey WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
);
const EXPORTED_IDENTITIES = statement(
  'exported_linked_identities',
  `SELECT id, issuer, subject, label, created_at AS "createdAt", last_used_at AS "lastUsedAt"
   FROM "user".linked_identity WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
);
const EXPORTED_USERNAMES = statement(
  'exported_former_usernames',
  `SELECT row_number() OVER (ORDER BY expires_at, username_key) AS "cursor!", username_key AS username,
     expires_at AS "expiresAt"
   FROM "user".former_username WHERE user_id = $1 ORDER BY 1 OFFSET $2 LIMIT $3`,
);

const EXPORTED_APPS = statement(
  'exported_apps',
  `SELECT id, name, website, redirect_uris AS "redirectUris!", secret_hash IS NOT NULL AS "isConfidential!",
     created_at AS "createdAt"
   FROM "user".app WHERE owner_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
);
const EXPORTED_GRANTS = statement(
  'exported_grants',
  `SELECT g.id, g.app_id AS "appId", p.name, g.scopes AS "scopes!", g.created_at AS "authorizedAt",
     g.last_used_at AS "lastUsedAt", g.expires_at AS "expiresAt"
   FROM "user".app_grant g JOIN "user".app p ON p.id = g.app_id
   WHERE g.user_id = $1 AND g.id > $2 ORDER BY g.id LIMIT $3`,
);

/** What this subgraph has, without secrets: passwords, shared secrets and tokens are stored as hashes or sealed. */
export const OWN_RECORDS: Readonly<Record<OwnRecordKind, ListRecords>> = {
  async ACCOUNT(executor, userId, after) {
    const rows = after > 0n ? [] : await query(executor, EXPORTED_ACCOUNT, [userId]);
    return rows.map(({ id, ...account }) => personalRecord(id, { id: globalId('User', id), ...account }));
  },
  async SESSIONS(executor, ...page) {
    const rows = await query(executor, EXPORTED_SESSIONS, page);
    return rows.map(({ id, ...session }) => personalRecord(id, { id: globalId('Session', id), ...session }));
  },
  // Of both, the database has only what others cannot recognise, and the time.
  async DEVICES(executor, ...page) {
    const rows = await query(executor, EXPORTED_DEVICES, page);
    return rows.map(({ cursor, ...known }) => personalRecord(cursor, known));
  },
  async PASSKEYS(executor, ...page) {
    const rows = await query(executor, EXPORTED_PASSKEYS, page);
    return rows.map(({ id, ...passkey }) => personalRecord(id, { id: globalId('Passkey', id), ...passkey }));
  },
  async LINKED_IDENTITIES(executor, ...page) {
    const rows = await query(executor, EXPORTED_IDENTITIES, page);
    return rows.map(({ id, ...linked }) => personalRecord(id, { id: globalId('LinkedIdentity', id), ...linked }));
  },
  async FORMER_USERNAMES(executor, ...page) {
    const rows = await query(executor, EXPORTED_USERNAMES, page);
    return rows.map(({ cursor, ...former }) => personalRecord(cursor, former));
  },
  async APPS(executor, ...page) {
    const rows = await query(executor, EXPORTED_APPS, page);
    return rows.map(({ id, ...app }) => personalRecord(id, { id: globalId('App', id), ...app }));
  },
  async AUTHORIZED_APPS(executor, ...page) {
    const rows = await query(executor, EXPORTED_GRANTS, page);
    return rows.map(({ id, appId, ...grant }) => personalRecord(id, { appId: globalId('App', appId), ...grant }));
  },
};

const EXPORTED_PROFILE = statement(
  'exported_profile',
  `SELECT username, display_name AS "displayName", bio, avatar_key AS "avatarKey", language
   FROM "user".account WHERE id = $1 AND state <> 'DELETED'`,
);

export type ExportedProfile = {
  username: string;
  displayName: string;
  bio: string;
  avatarKey: string | null;
  language: string;
};

/** @returns null if the account is deleted */
export async function findExportedProfile(executor: Executor, userId: bigint): Promise<ExportedProfile | null> {
  return (await query(executor, EXPORTED_PROFILE, [userId]))[0] ?? null;
}

const EXPORTED_NAMES = statement(
  'exported_names',
  `SELECT id, username FROM "user".account WHERE id = ANY($1) AND state = 'ACTIVE'`,
);

/** The usernames of the active accounts among these, by id. */
export async function findNames(executor: Executor, ids: readonly bigint[]): Promise<Map<bigint, string>> {
  if (ids.length === 0) return new Map();
  return new Map((await query(executor, EXPORTED_NAMES, [ids])).map(({ id, username }) => [id, username]));
}
