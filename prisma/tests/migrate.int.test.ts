import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEnvironment, type Environment } from '@tintype/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { administer, withDatabase } from '#migrations/migration.adapter.ts';
import { diff, type Folders, MigrationError, markRolledBack, migrate, status, writeMigration } from '../engine.ts';

const ONE = 'create table "one" (id bigint primary key);';
const TWO = `-- A body with semicolons; as functions have them.
create function two() returns int language plpgsql as $$ begin perform 1; return 2; end $$;
create table "two" (id bigint primary key);`;

let environment: Environment;
let url: string;
let folders: Folders;
let count = 0;

beforeAll(async () => {
  environment = await createEnvironment();
});
afterAll(() => environment?.close());

beforeEach(async () => {
  const base = environment.config.databaseUrl;
  const name = `tintype_migrate_${process.pid}_${Date.now()}_${count++}`;
  await administer(base, `create database "${name}"`);
  url = withDatabase(base, name);
  folders = { migrations: await mkdtemp(join(tmpdir(), 'tintype-migrations-')) };
  return async () => {
    await administer(base, `drop database "${name}" with (force)`);
    await rm(folders.migrations!, { recursive: true });
  };
});

async function put(name: string, sql: string): Promise<void> {
  await mkdir(join(folders.migrations!, name), { recursive: true });
  await writeFile(join(folders.migrations!, name, 'migration.sql'), sql);
}

async function tables(): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' and tablename not like '\\_%' order by 1`,
    );
    return rows.map((row) => row.name);
  } finally {
    await client.end();
  }
}

async function faultOf(work: Promise<unknown>): Promise<MigrationError> {
  const error = await work.then(
    () => expect.fail('was expected to be refused'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(MigrationError);
  return error as MigrationError;
}

describe('migrate', () => {
  it('applies everything to a fresh database in order, and nothing the second time', async () => {
    await put('20260101000000_one', ONE);
    await put('20260102000000_two', TWO);
    expect(await migrate(url, folders)).toEqual(['20260101000000_one', '20260102000000_two']);
    expect(await tables()).toEqual(['one', 'two']);
    expect(await migrate(url, folders)).toEqual([]);
  });

  it('applies only what is new', async () => {
    await put('20260101000000_one', ONE);
    await migrate(url, folders);
    await put('20260102000000_two', TWO);
    expect((await status(url, folders)).pending).toEqual(['20260102000000_two']);
    expect(await migrate(url, folders)).toEqual(['20260102000000_two']);
  });

  it('stops at a database that is ahead of the folder', async () => {
    await put('20260101000000_one', ONE);
    await put('20260102000000_two', TWO);
    await migrate(url, folders);
    await rm(join(folders.migrations!, '20260102000000_two'), { recursive: true });
    const error = await faultOf(migrate(url, folders));
    expect(error.fault).toBe('AHEAD');
    expect(error.migrations).toEqual(['20260102000000_two']);
    expect(error.message).toContain('20260102000000_two');
  });

  it('stops at a migration that was edited after it was applied', async () => {
    await put('20260101000000_one', ONE);
    await migrate(url, folders);
    await put('20260101000000_one', `${ONE}\nselect 1;`);
    await put('20260102000000_two', TWO);
    const error = await faultOf(migrate(url, folders));
    expect(error.fault).toBe('EDITED');
    expect(error.message).toContain('20260101000000_one');
    expect(await tables()).toEqual(['one']);
  });

  it('undoes a migration that fails, stops at the half-migrated database, and goes on once that is settled', async () => {
    await put('20260101000000_one', ONE);
    await put('20260102000000_two', `${TWO}\nselect no_such_thing;`);
    const failed = await faultOf(migrate(url, folders));
    expect(failed.fault).toBe('FAILED');
    expect(failed.message).toContain('no_such_thing');
    expect(failed.message).toContain('--rolled-back 20260102000000_two');
    expect(await tables()).toEqual(['one']);

    const half = await faultOf(migrate(url, folders));
    expect(half.fault).toBe('HALF_MIGRATED');
    expect(half.migrations).toEqual(['20260102000000_two']);

    await put('20260102000000_two', TWO);
    await markRolledBack(url, '20260102000000_two', folders);
    expect(await migrate(url, folders)).toEqual(['20260102000000_two']);
    expect(await tables()).toEqual(['one', 'two']);
  });

  it('lets several processes migrate at once: one works, the others find it done', async () => {
    await put('20260101000000_one', `select pg_sleep(0.3); ${ONE}`);
    await put('20260102000000_two', TWO);
    const applied = await Promise.all([migrate(url, folders), migrate(url, folders), migrate(url, folders)]);
    expect(applied.map((names) => names.length).sort()).toEqual([0, 0, 2]);
  });
});

describe('diff', () => {
  it('finds that the committed migrations lead to the schema, in all of its Postgres schemas', async () => {
    expect(await diff(url)).toBeNull();
  });

  it('writes a migration that migrate applies and that leaves nothing to write', async () => {
    const sql = await diff(url, folders);
    expect(sql).toContain('CREATE TABLE "social_graph"."outbox"');
    expect(sql).toContain('WHERE (published_at IS NULL)');
    const name = await writeMigration('init', sql!, folders);
    expect(await diff(url, folders)).toBeNull();
    expect(await migrate(url, folders)).toEqual([name]);
  });

  it('leaves no shadow database behind, also when the folder cannot be replayed', async () => {
    await put('20260101000000_one', 'select no_such_thing;');
    await expect(diff(url, folders)).rejects.toThrow('no_such_thing');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(`select 1 from pg_database where datname like 'tintype\\_shadow\\_%'`);
    await client.end();
    expect(rows).toEqual([]);
  });
});
