import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OWNERS, type Owner } from '@tintype/schema/subgraphs';
import { createEnvironment, type Environment } from '@tintype/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { administer, withDatabase } from '#migrations/migration.adapter.ts';
import { diff, writeMigration } from '#migrations/migration.diff.ts';
import { MigrationError, markRolledBack, migrate, status } from '../migrate.ts';

const ONE = 'create table "one" (id bigint primary key);';
const TWO = `-- A body with semicolons; as functions have them.
create function two() returns int language plpgsql as $$ begin perform 1; return 2; end $$;
create table "two" (id bigint primary key);`;

let environment: Environment;
let url: string;
let folder: string;
let count = 0;

beforeAll(async () => {
  environment = await createEnvironment();
});
afterAll(() => environment?.close());

beforeEach(async () => {
  const base = environment.databaseUrl;
  const name = `tintype_migrate_${process.pid}_${Date.now()}_${count++}`;
  await administer(base, `create database "${name}"`);
  url = withDatabase(base, name);
  folder = await mkdtemp(join(tmpdir(), 'tintype-migrations-'));
  return async () => {
    await administer(base, `drop database "${name}" with (force)`);
    await rm(folder, { recursive: true });
  };
});

async function put(owner: Owner, name: string, sql: string): Promise<void> {
  await mkdir(join(folder, owner, name), { recursive: true });
  await writeFile(join(folder, owner, name, 'migration.sql'), sql);
}

async function tables(): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `select schemaname || '.' || tablename as name from pg_tables
     where schemaname !~ '^pg_|^information_schema' and tablename not like '\\_%' order by 1`,
  );
  return rows.map((row) => row.name);
}

async function query<Row extends object>(text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
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
    await put('feed', '20260101000000_one', ONE);
    await put('feed', '20260102000000_two', TWO);
    await put('social-graph', '20260101000000_one', ONE);
    expect(await migrate(url, { folder })).toEqual([
      'social-graph/20260101000000_one',
      'feed/20260101000000_one',
      'feed/20260102000000_two',
    ]);
    expect(await tables()).toEqual(['feed.one', 'feed.two', 'social_graph.one']);
    expect(await migrate(url, { folder })).toEqual([]);
  });

  it('applies only what is new', async () => {
    await put('feed', '20260101000000_one', ONE);
    await migrate(url, { folder });
    await put('feed', '20260102000000_two', TWO);
    expect((await status(url, { folder })).pending).toEqual(['feed/20260102000000_two']);
    expect(await migrate(url, { folder })).toEqual(['feed/20260102000000_two']);
  });

  it('leaves other owners alone if one is named', async () => {
    await put('feed', '20260101000000_one', ONE);
    await put('post', '20260101000000_one', ONE);
    expect(await migrate(url, { folder, owners: ['post'] })).toEqual(['post/20260101000000_one']);
    expect((await status(url, { folder, owners: ['post'] })).pending).toEqual([]);
    expect((await status(url, { folder })).pending).toEqual(['feed/20260101000000_one']);
    const histories = await query(`select schemaname from pg_tables where tablename = '_prisma_migrations'`);
    expect(histories).toEqual([{ schemaname: 'post' }]);
  });

  it('stops at a database that is ahead of the folder of one owner, before it applies anything of another', async () => {
    await put('feed', '20260101000000_one', ONE);
    await put('feed', '20260102000000_two', TWO);
    await migrate(url, { folder });
    await rm(join(folder, 'feed/20260102000000_two'), { recursive: true });
    await put('user', '20260101000000_one', ONE);
    const error = await faultOf(migrate(url, { folder }));
    expect(error.fault).toBe('AHEAD');
    expect(error.migrations).toEqual(['feed/20260102000000_two']);
    expect(error.message).toContain('feed/20260102000000_two');
    expect(await tables()).toEqual(['feed.one', 'feed.two']);
  });

  it('stops at a migration that was edited after it was applied', async () => {
    await put('feed', '20260101000000_one', ONE);
    await migrate(url, { folder });
    await put('feed', '20260101000000_one', `${ONE}\nselect 1;`);
    await put('feed', '20260102000000_two', TWO);
    const error = await faultOf(migrate(url, { folder }));
    expect(error.fault).toBe('EDITED');
    expect(error.message).toContain('feed/20260101000000_one');
    expect(await tables()).toEqual(['feed.one']);
  });

  it('undoes a failed migration, stops at a half-migrated database, and continues once that is repaired', async () => {
    await put('feed', '20260101000000_one', ONE);
    await put('feed', '20260102000000_two', `${TWO}\nselect no_such_thing;`);
    const failed = await faultOf(migrate(url, { folder }));
    expect(failed.fault).toBe('FAILED');
    expect(failed.message).toContain('no_such_thing');
    expect(failed.message).toContain('--rolled-back feed/20260102000000_two');
    expect(await tables()).toEqual(['feed.one']);

    const half = await faultOf(migrate(url, { folder }));
    expect(half.fault).toBe('HALF_MIGRATED');
    expect(half.migrations).toEqual(['feed/20260102000000_two']);

    await put('feed', '20260102000000_two', TWO);
    await markRolledBack(url, 'feed/20260102000000_two');
    expect(await migrate(url, { folder })).toEqual(['feed/20260102000000_two']);
    expect(await tables()).toEqual(['feed.one', 'feed.two']);
  });

  it('says what to name if a migration to mark has no owner', async () => {
    await expect(markRolledBack(url, '20260102000000_two')).rejects.toThrow('name its owner, too');
  });

  it('refuses a database with the single history of earlier versions, and says how to get a new one', async () => {
    await query(`create table public._prisma_migrations (migration_name text);
      insert into public._prisma_migrations values ('20261120222405_init'), ('20261120232331_feed_delivery')`);
    const error = await faultOf(migrate(url));
    expect(error.fault).toBe('SINGLE_HISTORY');
    expect(error.message).toContain('npm run reset');
    expect(await tables()).toEqual([]);
    expect((await faultOf(status(url))).fault).toBe('SINGLE_HISTORY');
  });

  it('does not mind another application that keeps a history in the public schema', async () => {
    await query(`create table public._prisma_migrations (migration_name text);
      insert into public._prisma_migrations values ('20250101000000_init')`);
    await put('feed', '20260101000000_one', ONE);
    expect(await migrate(url, { folder })).toEqual(['feed/20260101000000_one']);
  });

  it('does not mind another history in the public schema that has another form', async () => {
    await query(
      'create table public._prisma_migrations (migration_name int); insert into public._prisma_migrations values (1)',
    );
    await put('feed', '20260101000000_one', ONE);
    expect(await migrate(url, { folder })).toEqual(['feed/20260101000000_one']);
  });

  it('refuses a database in which another program uses the schemas of owners, and names them', async () => {
    await query(
      'create schema post; create table post.article (id int); create schema feed; create view feed.news as select 1',
    );
    const error = await faultOf(migrate(url));
    expect(error.fault).toBe('OCCUPIED');
    expect(error.message).toContain('the schemas "post", "feed"');
    expect(await tables()).toEqual(['post.article']);
    expect((await faultOf(status(url))).fault).toBe('OCCUPIED');
    await put('user', '20260101000000_one', ONE);
    expect(await migrate(url, { folder, owners: ['user'] })).toEqual(['user/20260101000000_one']);
  });

  it('uses schemas that exist and are empty', async () => {
    await query('create schema post');
    await put('post', '20260101000000_one', ONE);
    expect(await migrate(url, { folder })).toEqual(['post/20260101000000_one']);
  });

  it('lets several processes migrate at once: one works, the others find it done', async () => {
    await put('feed', '20260101000000_one', `select pg_sleep(0.3); ${ONE}`);
    await put('feed', '20260102000000_two', TWO);
    await put('user', '20260101000000_one', ONE);
    const applied = await Promise.all([1, 2, 3].map(() => migrate(url, { folder })));
    expect(applied.map((names) => names.length).sort()).toEqual([0, 0, 3]);
  });
});

describe('diff', () => {
  it.each(OWNERS)('finds that the committed migrations of %s lead to its schema', async (owner) => {
    expect(await diff(url, owner)).toBeNull();
  });

  it('writes a migration that migrate applies and that leaves nothing to write', async () => {
    const sql = await diff(url, 'social-graph', folder);
    expect(sql).toContain('CREATE TABLE "social_graph"."outbox"');
    expect(sql).toContain('WHERE (published_at IS NULL)');
    expect(sql).not.toContain('"feed"');
    const name = await writeMigration('social-graph', 'init', sql!, folder);
    expect(await diff(url, 'social-graph', folder)).toBeNull();
    expect(await migrate(url, { folder })).toEqual([name]);
  });

  it('leaves no shadow database behind, also when the folder cannot be replayed', async () => {
    await put('feed', '20260101000000_one', 'select no_such_thing;');
    await expect(diff(url, 'feed', folder)).rejects.toThrow('no_such_thing');
    expect(await query(`select 1 from pg_database where datname like 'tintype\\_shadow\\_%'`)).toEqual([]);
  });
});
