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
import { notSuspended } from '#sanction/sanction.repository.ts';
import { CAN_LOG_IN } from '#session/session.repository.ts';
import { ACCESS_TOKEN_S } from '#session/token.rules.ts';
import type { AuthorizedAppModel } from './app.model.ts';
import { mayAct } from './app.repository.ts';

export type NewGrant = {
  id: bigint;
  userId: bigint;
  appId: bigint;
  /** Of the authorization request. */
  interactionHash: Uint8Array;
  scopes: string[];
  expiresAt: Date;
  /** SHA-256 of the hash that the password was compared with. */
  passwordDigest: Uint8Array;
  /** Whether a code of the second factor was right. */
  hasCode: boolean;
};

const GRANT_INSERT = statement(
  'grant_insert',
  `INSERT INTO "user".app_grant (id, user_id, app_id, interaction_hash, scopes, expires_at)
   SELECT $1::bigint, g.user_id, g.app_id, $8::bytea, $4::text[], $5::timestamptz
   FROM (SELECT a.id AS user_id, p.id AS app_id
         FROM "user".account a JOIN "user".credential c ON c.user_id = a.id JOIN "user".app p ON p.id = $3 AND ${mayAct('p.owner_id')}
         WHERE a.id = $2 AND a.state = 'ACTIVE' AND ${notSuspended('a.id')} AND sha256(convert_to(c.password_hash, 'UTF8')) = $6
           AND ($7::boolean OR NOT c.needs_code)
         FOR SHARE OF a, c, p) g
   ON CONFLICT (interaction_hash) DO NOTHING RETURNING id`,
);

/**
 * Adds a grant of an active account that is not suspended. The account is locked with its credential, as by
 * `insertSession`, so a concurrent end of everything that acts for the account includes this grant.
 *
 * @returns whether the account may have grants and its password is the same, the app is there and may act, and the
 * authorization request has no grant yet
 */
export async function insertGrant(executor: Executor, grant: NewGrant): Promise<boolean> {
  const { id, userId, appId, interactionHash, scopes, expiresAt, passwordDigest, hasCode } = grant;
  const values = [id, userId, appId, scopes, expiresAt, passwordDigest, hasCode, interactionHash] as const;
  return (await query(executor, GRANT_INSERT, [...values])).length > 0;
}

const GRANT_OF_INTERACTION = statement(
  'grant_of_interaction',
  'SELECT id FROM "user".app_grant WHERE interaction_hash = $1 AND user_id = $2 AND app_id = $3',
);

/** The grant that a person has already given an app by the same authorization request. */
export async function findGrantOfInteraction(
  executor: Executor,
  { interactionHash, userId, appId }: Pick<NewGrant, 'interactionHash' | 'userId' | 'appId'>,
): Promise<bigint | null> {
  return (await query(executor, GRANT_OF_INTERACTION, [interactionHash, userId, appId]))[0]?.id ?? null;
}

const GRANT_FIND = statement(
  'grant_find',
  `SELECT g.user_id AS "userId", g.app_id AS "appId", g.scopes AS "scopes!", g.created_at AS "createdAt", g.expires_at AS "expiresAt"
   FROM "user".app_grant g JOIN "user".account a ON a.id = g.user_id WHERE g.id = $1 AND a.state = 'ACTIVE' AND ${notSuspended('a.id')}`,
);

export type StoredGrant = { userId: bigint; appId: bigint; scopes: string[]; createdAt: Date; expiresAt: Date };

/** Only of an active account that is not suspended. */
export async function findGrant(executor: Executor, id: bigint): Promise<StoredGrant | null> {
  return (await query(executor, GRANT_FIND, [id]))[0] ?? null;
}

const GRANT_LIVE = statement(
  'grant_live',
  `SELECT g.id, g.user_id AS "userId" FROM "user".app_grant g JOIN "user".account a ON a.id = g.user_id
     JOIN "user".app p ON p.id = g.app_id
   WHERE g.id = ANY($1::bigint[]) AND g.expires_at > now() AND ${CAN_LOG_IN} AND ${mayAct('p.owner_id')}`,
);

/** Only of accounts whose owners can log in, with the ids of these, and to apps that may act. */
export function findLiveGrants(executor: Executor, ids: readonly bigint[]): Promise<{ id: bigint; userId: bigint }[]> {
  return query(executor, GRANT_LIVE, [ids]);
}

const AUTHORIZED_APPS = statementFor('authorized_apps', ['forward', 'backward'], (direction: Direction) => {
  const { comparison, order } = DESCENDING[direction];
  return `SELECT p.id, p.name, p.website, array_agg(DISTINCT s.scope) AS "scopes!", min(g.created_at) AS "authorizedAt!",
      max(g.last_used_at) AS "lastUsedAt!"
    FROM "user".app_grant g JOIN "user".app p ON p.id = g.app_id CROSS JOIN unnest(g.scopes) AS s(scope)
    WHERE g.user_id = $1 AND g.expires_at > now() AND p.id ${comparison} $2
    GROUP BY p.id ORDER BY p.id ${order} LIMIT $3`;
});

/** The apps that a person lets act for them, newest app first. */
export function listAuthorizedApps(
  executor: Executor,
  userId: bigint,
  read: KeysetRead,
): Promise<AuthorizedAppModel[]> {
  return query(executor, AUTHORIZED_APPS(read.direction), [userId, startOf(read), read.limit]);
}

/** Longer than any access token is valid. Grants that were not used since have none. */
const RECENT_S = ACCESS_TOKEN_S + 60;

const recentOf = (condition: string) =>
  `WITH gone AS (DELETE FROM "user".app_grant WHERE ${condition} RETURNING id, last_used_at)
   SELECT id FROM gone WHERE last_used_at > now() - $2 * interval '1 second'`;
const GRANT_DELETE = statement('grant_delete', recentOf('id = $1'));
const GRANTS_OF_PERSON = statement('grants_of_person', recentOf('user_id = $1'));
const GRANTS_TO_APP = statement('grants_to_app', recentOf('app_id = $1'));
const GRANTS_TO_APPS_OF = statement(
  'grants_to_apps_of',
  recentOf('app_id IN (SELECT id FROM "user".app WHERE owner_id = $1)'),
);

/** Ends a grant. @returns it, if it may have a valid access token */
export function deleteGrant(executor: Executor, id: bigint): Promise<bigint[]> {
  return idsOf(query(executor, GRANT_DELETE, [id, RECENT_S]));
}

/** Ends all grants of a person. @returns those that may have a valid access token */
export function deleteGrants(tx: Executor, userId: bigint): Promise<bigint[]> {
  return idsOf(query(tx, GRANTS_OF_PERSON, [userId, RECENT_S]));
}

/** Ends all grants to an app. @returns those that may have a valid access token */
export function deleteGrantsToApp(tx: Executor, appId: bigint): Promise<bigint[]> {
  return idsOf(query(tx, GRANTS_TO_APP, [appId, RECENT_S]));
}

/** Ends all grants to all apps of a person. @returns those that may have a valid access token */
export function deleteGrantsToAppsOf(tx: Executor, ownerId: bigint): Promise<bigint[]> {
  return idsOf(query(tx, GRANTS_TO_APPS_OF, [ownerId, RECENT_S]));
}

const GRANTS_IN_USE = statement(
  'grants_in_use',
  `SELECT g.id FROM "user".app_grant g JOIN "user".app p ON p.id = g.app_id
   WHERE p.owner_id = $1 AND g.last_used_at > now() - $2 * interval '1 second'`,
);

/** Grants to the apps of a person that may have a valid access token. */
export function findGrantsInUse(executor: Executor, ownerId: bigint): Promise<bigint[]> {
  return idsOf(query(executor, GRANTS_IN_USE, [ownerId, RECENT_S]));
}

const GRANTS_OF_PERSON_TO_APP = statement(
  'grants_of_person_to_app',
  'DELETE FROM "user".app_grant WHERE user_id = $1 AND app_id = $2 RETURNING id',
);

/** Ends all grants of a person to an app. @returns them */
export function deleteGrantsOfPersonToApp(executor: Executor, userId: bigint, appId: bigint): Promise<bigint[]> {
  return idsOf(query(executor, GRANTS_OF_PERSON_TO_APP, [userId, appId]));
}

const GRANTS_OLDEST = statement(
  'grants_oldest',
  `DELETE FROM "user".app_grant WHERE id IN (
     SELECT id FROM "user".app_grant WHERE user_id = $1 AND app_id = $2 ORDER BY id DESC OFFSET $3) RETURNING id`,
);

/** Ends the grants of a person to an app, except the newest ones. @returns them */
export function deleteOldestGrants(
  executor: Executor,
  grants: { userId: bigint; appId: bigint; kept: number },
): Promise<bigint[]> {
  return idsOf(query(executor, GRANTS_OLDEST, [grants.userId, grants.appId, grants.kept]));
}

const GRANTS_EXPIRED = statement(
  'grants_expired',
  `DELETE FROM "user".app_grant WHERE id IN (
     SELECT id FROM "user".app_grant WHERE expires_at < now() ORDER BY expires_at LIMIT $1) RETURNING 1`,
);

/** @returns how many were removed */
export async function deleteExpiredGrants(executor: Executor, limit: number): Promise<number> {
  return (await query(executor, GRANTS_EXPIRED, [limit])).length;
}

async function idsOf(rows: Promise<{ id: bigint }[]>): Promise<bigint[]> {
  return (await rows).map(({ id }) => id);
}
