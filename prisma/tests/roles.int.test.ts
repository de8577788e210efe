import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeServiceFiles, type Services, servicePathsOf, startServices } from '@tintype/local';
import { OWNERS, roleOf } from '@tintype/schema/subgraphs';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { withDatabase } from '#migrations/migration.adapter.ts';
import { MigrationError, migrate, status } from '../migrate.ts';

/** A separate server, because roles belong to the server. Each test begins with an empty database and without roles. */
let directory: string;
let services: Services;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tintype-roles-'));
  services = await startServices({ needs: ['postgres'], dataDirectory: directory, env: {}, report: () => undefined });
});
afterAll(async () => {
  await services?.stop();
  await removeServiceFiles(servicePathsOf(directory));
});
afterEach(async () => {
  await each(
    `select datname as name from pg_database where not datistemplate and datname not in ('postgres', current_database())`,
    (name) => `drop database ${name} with (force)`,
  );
  await each(
    `select rolname as name from pg_roles where rolname <> current_user and rolname !~ '^pg_'`,
    (name) => `drop role ${name}`,
  );
});

async function each(names: string, statementFor: (name: string) => string): Promise<void> {
  for (const { name } of await query<{ name: string }>(names)) await query(statementFor(pg.escapeIdentifier(name)));
}

async function query<Row extends object>(text: string, url: string = services.env.DATABASE_URL!): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** The address of a new database that belongs to a new login. */
async function createLogin(name: string, rights = ''): Promise<string> {
  await query(`create role ${name} login ${rights}`);
  await query(`create database ${name} owner ${name}`);
  return addressOf(name);
}

/** Runs a statement in the database of this address as the superuser of the server. */
async function asAdministrator(url: string, statement: string): Promise<void> {
  await query(statement, withDatabase(services.env.DATABASE_URL!, new URL(url).pathname.slice(1)));
}

async function faultOf(work: Promise<unknown>): Promise<MigrationError> {
  const error: unknown = await work.then(
    () => expect.fail('was expected to be refused'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(MigrationError);
  return error as MigrationError;
}

function addressOf(login: string): string {
  const url = new URL(withDatabase(services.env.DATABASE_URL!, login));
  url.username = login;
  return url.href;
}

test('a login that may not create roles applies the migrations, and gets the statements for an administrator', async () => {
  const url = await createLogin('modest');
  const { fault, message } = await faultOf(migrate(url));
  expect(fault).toBe('ROLES');
  expect(message).toContain('create role "tintype_post" nologin;');

  await query(message.slice(message.indexOf('\n')));
  expect(await migrate(url)).toEqual([]);
  const granted = `select has_table_privilege('tintype_post', 'post.post', 'INSERT') as granted`;
  expect(await query(granted, url)).toEqual([{ granted: true }]);
});

test('databases that are migrated at the same time share the roles', async () => {
  const names = ['one', 'two', 'three', 'four'];
  for (const name of names) await query(`create database ${name}`);
  await Promise.all(names.map((name) => migrate(withDatabase(services.env.DATABASE_URL!, name))));
  const roles = await query<{ role: string }>(
    `select rolname as role from pg_roles where rolname like 'tintype\\_%' and not rolcanlogin`,
  );
  expect(roles.map(({ role }) => role).sort()).toEqual(OWNERS.map(roleOf).sort());
});

test('a login that may create roles needs no administrator', async () => {
  const url = await createLogin('capable', 'createrole');
  await migrate(url);
  const asPost = `${url}?options=${encodeURIComponent('-c role=tintype_post')}`;
  expect(await query('select current_user as role', asPost)).toEqual([{ role: 'tintype_post' }]);
});

test('a subgraph can have a login of its own, also one that sets the role by itself', async () => {
  await query('create database shared');
  const shared = withDatabase(services.env.DATABASE_URL!, 'shared');
  await migrate(shared);
  await query('create role post_login login in role tintype_post; alter role post_login set role = tintype_post');
  const url = withDatabase(addressOf('post_login'), 'shared');
  expect(await query('select current_user as role', url)).toEqual([{ role: 'tintype_post' }]);
  await query('select from post.post', url);
  await query('select from runtime.worker_lease', url);
  await expect(query('select from "user".account', url)).rejects.toThrow('permission denied');
  const asUser = `${url}?options=${encodeURIComponent('-c role=tintype_user')}`;
  await expect(query('select 1', asUser)).rejects.toThrow('permission denied to set role');
  await query('select from "user".account', shared);
});

test('another program may keep a history that the login may not read', async () => {
  const url = await createLogin('capable', 'createrole');
  await asAdministrator(url, 'create table public._prisma_migrations (migration_name text)');
  expect(await migrate(url)).not.toEqual([]);
});

test('a login that may not create schemas gets the statement for an administrator', async () => {
  const url = await createLogin('guest', 'createrole');
  await asAdministrator(url, 'alter database guest owner to current_user');
  const { fault, message } = await faultOf(migrate(url));
  expect(fault).toBe('FORBIDDEN');
  expect(message).toContain('grant create on database "guest" to "guest";');

  await asAdministrator(url, message.slice(message.indexOf('\n')));
  expect(await migrate(url)).not.toEqual([]);
});

test('a login that may not use a schema that exists gets the statement for an administrator', async () => {
  const url = await createLogin('guest', 'createrole');
  await asAdministrator(url, 'create schema post');
  const { fault, message } = await faultOf(migrate(url));
  expect(fault).toBe('FORBIDDEN');
  expect(message).toContain('grant usage, create on schema "post" to "guest";');

  await asAdministrator(url, message.slice(message.indexOf('\n')));
  expect(await migrate(url)).not.toEqual([]);
});

test('a login that may not read the history of an owner learns which login created it', async () => {
  const url = await createLogin('first', 'createrole');
  await migrate(url);
  await asAdministrator(url, 'create role second login createrole');
  const asSecond = withDatabase(addressOf('second'), 'first');
  for (const look of [migrate, status]) {
    const { fault, message } = await faultOf(look(asSecond));
    expect(fault).toBe('FORBIDDEN');
    expect(message).toContain('"first"');
  }
});
