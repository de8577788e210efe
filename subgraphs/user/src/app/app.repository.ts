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
import type { AppModel } from './app.model.ts';

const COLUMNS = `id, owner_id AS "ownerId", name, website, redirect_uris AS "redirectUris!", secret_hash AS "secretHash",
  created_at AS "createdAt"`;

/**
 * Whether an app may act for people, as a condition for other statements: its owner is active and not suspended.
 *
 * @param ownerId a column
 */
export const mayAct = (ownerId: string) =>
  `EXISTS (SELECT FROM "user".account o WHERE o.id = ${ownerId} AND o.state = 'ACTIVE' AND ${notSuspended('o.id')})`;

const APP_INSERT = statement(
  'app_insert',
  `INSERT INTO "user".app (id, owner_id, name, website, redirect_uris, secret_hash)
   SELECT $1::bigint, $2::bigint, $3, $4, $5::text[], $6?::bytea
   WHERE (SELECT count(*) FROM "user".app WHERE owner_id = $2) < $7 RETURNING ${COLUMNS}`,
);

/**
 * Adds an app of a locked account.
 *
 * @param max the most apps that it may have
 * @returns null if it has as many
 */
export async function insertApp(tx: Executor, app: Omit<AppModel, 'createdAt'>, max: number): Promise<AppModel | null> {
  const { id, ownerId, name, website, redirectUris, secretHash } = app;
  const [inserted] = await query(tx, APP_INSERT, [id, ownerId, name, website, redirectUris, secretHash, max]);
  return inserted ?? null;
}

const APP_FIND = statement('app_find', `SELECT ${COLUMNS} FROM "user".app WHERE id = $1`);

/** For its owner. */
export async function findApp(executor: Executor, id: bigint): Promise<AppModel | null> {
  return (await query(executor, APP_FIND, [id]))[0] ?? null;
}

const APP_FIND_CLIENT = statement(
  'app_find_client',
  `SELECT ${COLUMNS} FROM "user".app WHERE id = $1 AND ${mayAct('app.owner_id')}`,
);

/** For the authorization server. @returns null if there is no such app, or it may not act at the moment */
export async function findClient(executor: Executor, id: bigint): Promise<AppModel | null> {
  return (await query(executor, APP_FIND_CLIENT, [id]))[0] ?? null;
}

const APP_LIST = statementFor('app_list', ['forward', 'backward'], (direction: Direction) => {
  const { comparison, order } = DESCENDING[direction];
  return `SELECT ${COLUMNS} FROM "user".app WHERE owner_id = $1 AND id ${comparison} $2 ORDER BY id ${order} LIMIT $3`;
});

/** Apps of a person, newest first. */
export function listApps(executor: Executor, ownerId: bigint, read: KeysetRead): Promise<AppModel[]> {
  return query(executor, APP_LIST(read.direction), [ownerId, startOf(read), read.limit]);
}

export type AppChange = { name: string | undefined; website: string | undefined; redirectUris: string[] | undefined };

const APP_UPDATE = statement(
  'app_update',
  `UPDATE "user".app SET name = coalesce($3?, name), website = coalesce($4?, website),
     redirect_uris = coalesce(nullif($5::text[], '{}'), redirect_uris)
   WHERE id = $1 AND owner_id = $2 RETURNING ${COLUMNS}`,
);

/** @returns null if the person has no such app */
export async function updateApp(
  executor: Executor,
  id: bigint,
  ownerId: bigint,
  { name, website, redirectUris }: AppChange,
): Promise<AppModel | null> {
  const values = [id, ownerId, name ?? null, website ?? null, redirectUris ?? []] as const;
  return (await query(executor, APP_UPDATE, [...values]))[0] ?? null;
}

const APP_SECRET = statement(
  'app_secret',
  'UPDATE "user".app SET secret_hash = $3 WHERE id = $1 AND owner_id = $2 AND secret_hash IS NOT NULL RETURNING id',
);

/** @returns whether the person has such an app, and it is confidential */
export async function setAppSecret(
  executor: Executor,
  id: bigint,
  ownerId: bigint,
  secretHash: Uint8Array,
): Promise<boolean> {
  return (await query(executor, APP_SECRET, [id, ownerId, secretHash])).length > 0;
}

const APP_LOCK = statement('app_lock', `SELECT ${COLUMNS} FROM "user".app WHERE id = $1 FOR UPDATE`);

/** Locks an app, so that no grant to it is added. */
export async function lockApp(tx: Executor, id: bigint): Promise<AppModel | null> {
  return (await query(tx, APP_LOCK, [id]))[0] ?? null;
}

const APP_DELETE = statement('app_delete', 'DELETE FROM "user".app WHERE id = $1');

/** Deletes a locked app whose grants are deleted. */
export async function deleteApp(tx: Executor, id: bigint): Promise<void> {
  await query(tx, APP_DELETE, [id]);
}

const APP_ERASE = statement('app_erase', 'DELETE FROM "user".app WHERE owner_id = $1');

/** Deletes all apps of a person, whose grants are deleted. */
export async function eraseApps(tx: Executor, ownerId: bigint): Promise<void> {
  await query(tx, APP_ERASE, [ownerId]);
}
