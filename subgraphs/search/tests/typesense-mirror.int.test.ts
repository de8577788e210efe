import { createEnvironment, type Environment, eventually } from '@tintype/testing';
import { Client } from 'typesense';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPostgresIndex } from '#postgres/postgres.index.ts';
import type { CollectionName, Documents } from '#search-index/documents.ts';
import { createFallbackIndex } from '#search-index/fallback-index.ts';
import { openSearchIndex } from '#search-index/open-search-index.ts';
import { PUBLIC_FILTER, type SearchIndex } from '#search-index/search-index.ts';
import { parseQuery } from '#text/query.rules.ts';
import { schemaOf } from '#typesense/collection.schema.ts';
import { createTypesenseIndex } from '#typesense/typesense.index.ts';
import { createMirrorJob } from '#typesense-mirror/mirror.job.ts';
import { enqueue } from '#typesense-mirror/mirror.repository.ts';
import { createMirror, type Mirror } from '#typesense-mirror/mirror.service.ts';
import { person } from './documents.ts';
import { describeSearchIndex } from './driver-suite.ts';
import { startTypesenseStub, type TypesenseStub } from './typesense-stub/stub-server.ts';

describeSearchIndex('Typesense beside Postgres', async () => {
  const environment = await createEnvironment();
  const stub = await startTypesenseStub();
  const { pool } = environment.database;
  const address = { urls: [stub.url], apiKey: stub.apiKey, readTimeoutMs: 10_000 };
  const typesense = createTypesenseIndex({ ...address, namespace: '' });
  const mirror = createMirror({ pool, typesense, log: environment.log });
  const index = createFallbackIndex({
    typesense,
    postgres: createPostgresIndex({ pool }),
    enqueue: (collection, ids) => enqueue(pool, collection, ids),
    isBehind: () => false,
    log: environment.log,
  });
  await index.ensure();
  await mirror.prepare();
  // Copies each write at once, because this index copies after a moment only.
  const copied = async <T>(written: Promise<T>) => {
    const answer = await written;
    await mirror.copy();
    return answer;
  };
  const patient: SearchIndex = {
    ...index,
    upsert: (collection, documents) => copied(index.upsert(collection, documents)),
    remove: (collection, ids) => copied(index.remove(collection, ids)),
    search: (collections, request) => typesense.search(collections, request),
  };
  return {
    index: patient,
    async close() {
      await typesense.close();
      await stub.close();
      await environment.close();
    },
  };
});

describe('the copy of the index in Typesense', () => {
  let environment: Environment;
  let postgres: SearchIndex;
  let stub: TypesenseStub;
  let typesense: ReturnType<typeof createTypesenseIndex>;
  let mirror: Mirror;

  beforeAll(async () => {
    environment = await createEnvironment();
    postgres = createPostgresIndex({ pool: environment.database.pool });
    await postgres.ensure();
  });
  afterAll(() => environment?.close());

  beforeEach(async () => {
    const { pool } = environment.database;
    await pool.query('TRUNCATE search.mirror');
    stub = await startTypesenseStub();
    typesense = createTypesenseIndex({ urls: [stub.url], apiKey: stub.apiKey, namespace: '' });
    await typesense.ensure();
    mirror = createMirror({ pool, typesense, log: environment.log });
  });
  afterEach(async () => {
    await typesense.close();
    await stub.close();
    const { rows } = await environment.database.pool.query<{ user: string }>('SELECT id AS user FROM search.users_1');
    await postgres.remove(
      'users',
      rows.map(({ user }) => user),
    );
  });

  const write = async (...people: Documents['users'][]) => {
    await postgres.upsert('users', people);
    await enqueue(
      environment.database.pool,
      'users',
      people.map(({ id }) => id),
    );
  };
  const usernames = async (text: string, index: SearchIndex = typesense) => {
    const request = { query: parseQuery(text), viewerFilter: PUBLIC_FILTER, offset: 0, limit: 20 };
    return (await index.search(['users'], request)).users.map(({ document }) => document.username);
  };
  const waiting = async () => {
    const { rows } = await environment.database.pool.query<{ id: string }>('SELECT id FROM search.mirror ORDER BY id');
    return rows.map(({ id }) => id);
  };

  test('catches up with writes and deletions after the server was unavailable', async () => {
    await write(person(1, 'before'), person(2, 'goes'));
    await mirror.copy();
    stub.mode = 'fail';
    await write(person(1, 'renamed'), person(3, 'arrives'));
    await postgres.remove('users', ['2']);
    await enqueue(environment.database.pool, 'users', ['2']);
    await expect(mirror.copy()).rejects.toThrow();
    expect(await waiting()).toEqual(['1', '2', '3']);
    stub.mode = 'ok';
    await mirror.copy();
    expect(await waiting()).toEqual([]);
    expect([await usernames('before'), await usernames('goes')]).toEqual([[], []]);
    expect([await usernames('renamed'), await usernames('arrives')]).toEqual([['renamed'], ['arrives']]);
  });

  test('refills collections of an older analyser', async () => {
    await write(person(1, 'taro', { displayName: '山田太郎' }));
    await mirror.copy();
    const old = schemaOf('users', 'users_old', 'nicknames');
    const client = new Client({ nodes: [{ url: stub.url }], apiKey: stub.apiKey, logLevel: 'silent' });
    await client.collections().create({ ...old, metadata: { collection: 'users' } });
    await client.aliases().upsert('users', { collection_name: 'users_old' });
    expect(await usernames('taro')).toEqual([]);
    await Promise.all([mirror.prepare(), mirror.prepare()]);
    await mirror.copy();
    expect(await usernames('山田 太郎')).toEqual(['taro']);
    expect((await typesense.state()).map(({ isOutdated }) => isOutdated.live)).toEqual([false, false, false]);
    await mirror.prepare();
    expect(await waiting()).toEqual([]);
  });

  test('keeps refused documents waiting without holding up the others', async () => {
    await write(person(1, 'fine'), person(2, 'refused'));
    stub.refused = (document) => document.id === '2';
    await mirror.copy();
    expect(await usernames('fine')).toEqual(['fine']);
    expect(await waiting()).toEqual(['2']);
    stub.refused = () => false;
    // A changed document need not wait.
    await write(person(2, 'mended'));
    await mirror.copy();
    expect(await waiting()).toEqual([]);
    expect(await usernames('mended')).toEqual(['mended']);
  });

  test('never leaves a stale document, however many copiers run at different speeds', async () => {
    const { pool } = environment.database;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let arrived = () => {};
    const onItsWay = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const slow = createMirror({
      pool,
      log: environment.log,
      typesense: {
        ...typesense,
        async upsert<Name extends CollectionName>(collection: Name, documents: readonly Documents[Name][]) {
          arrived();
          await held;
          await typesense.upsert(collection, documents);
        },
      },
    });
    await write(person(1, 'old'));
    const copying = slow.copy();
    await onItsWay;
    await write(person(1, 'new'));
    await mirror.copy();
    expect(await usernames('new')).toEqual(['new']);
    release();
    await copying;
    // The old state has overwritten the new one, and the document is queued again.
    await mirror.copy();
    expect(await usernames('new')).toEqual(['new']);
    expect(await usernames('old')).toEqual([]);
    expect(await waiting()).toEqual([]);
  });

  test('hands its work over if a copier stops', async () => {
    const { pool } = environment.database;
    await write(person(1, 'orphan'));
    await pool.query(`UPDATE search.mirror SET due_at = now() + interval '200 ms'`);
    await mirror.copy();
    expect(await waiting()).toEqual(['1']);
    await eventually(async () => {
      await mirror.copy();
      expect(await waiting()).toEqual([]);
    });
    expect(await usernames('orphan')).toEqual(['orphan']);
  });

  test('copies many documents in batches, with several copiers', async () => {
    const people = Array.from({ length: 1700 }, (_, index) => person(index + 1, `crowd${index}x`));
    for (let from = 0; from < people.length; from += 1000) await write(...people.slice(from, from + 1000));
    const counts = await Promise.all([mirror.copy(), mirror.copy(), mirror.copy()]);
    expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(1700);
    expect(await waiting()).toEqual([]);
    const state = (await typesense.state()).find(({ collection }) => collection === 'users');
    expect(state?.documents).toBe(1700);
  });

  test('refills a server that comes back empty before it is searched', async () => {
    const people = Array.from({ length: 1200 }, (_, index) => person(index + 1, `crowd${index}x`));
    await postgres.upsert('users', people.slice(0, 600));
    await postgres.upsert('users', people.slice(600));
    await typesense.close();
    await stub.close();
    stub = await startTypesenseStub();
    const { database, databaseUrl, log } = environment;
    const address = { urls: [stub.url], apiKey: stub.apiKey };
    const config = { ...environment.config, namespace: '' };
    const opened = await openSearchIndex({ config, databaseUrl, typesense: address, pool: database.pool, log });
    typesense = createTypesenseIndex({ ...address, namespace: '', readTimeoutMs: 10_000 });
    for (const worker of opened.workers) await worker.start();
    let gaps = 0;
    const inTypesense = () => stub.requests.filter(({ path }) => path === '/multi_search').length;
    await eventually(
      async () => {
        if (!(await usernames('crowd1199x', opened.index)).includes('crowd1199x')) gaps++;
        expect(await waiting()).toEqual([]);
        expect(inTypesense()).toBeGreaterThan(3);
      },
      { everyMs: 20 },
    );
    expect(gaps).toBe(0);
    expect(await usernames('crowd1199x')).toContain('crowd1199x');
    for (const worker of opened.workers) await worker.stop();
    await opened.close();
  });

  test('waits for a server that is unavailable, without logging each attempt', async () => {
    await write(person(1, 'patient'));
    stub.mode = 'fail';
    const before = stub.requests.length;
    const asked = () => stub.requests.slice(before).map(({ path }) => path);
    const job = createMirrorJob({ mirror, typesense, log: environment.log, everyMs: 20 });
    await job.start();
    await eventually(() => expect(asked().length).toBeGreaterThan(2));
    expect(new Set(asked())).toEqual(new Set(['/health']));
    stub.mode = 'ok';
    await eventually(async () => {
      expect(await usernames('patient')).toEqual(['patient']);
      expect(await waiting()).toEqual([]);
    });
    await job.stop();
  });
});
