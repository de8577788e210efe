import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { typesenseSettings } from '#config.ts';
import { createPostgresIndex } from '#postgres/postgres.index.ts';
import { reindex } from '#reindex/reindex.service.ts';
import { createFallbackIndex } from '#search-index/fallback-index.ts';
import { type OpenedIndex, openSearchIndex } from '#search-index/open-search-index.ts';
import { PUBLIC_FILTER } from '#search-index/search-index.ts';
import { parseQuery } from '#text/query.rules.ts';
import { createTypesenseIndex } from '#typesense/typesense.index.ts';
import { openSearch, type SearchFixture } from './search.fixture.ts';
import { startTypesenseStub, type TypesenseStub } from './typesense-stub/stub-server.ts';

// Only the configuration enables Typesense.
describe('the search subgraph with Typesense', () => {
  let stub: TypesenseStub;
  let fixture: SearchFixture;
  let opened: OpenedIndex;
  let typesense: ReturnType<typeof createTypesenseIndex>;

  beforeAll(async () => {
    stub = await startTypesenseStub();
    fixture = await openSearch({ env: { TYPESENSE_URL: stub.url, TYPESENSE_API_KEY: stub.apiKey } });
    const { config, databaseUrl, log } = fixture.environment;
    opened = await openSearchIndex({ config, databaseUrl, ...config.of(typesenseSettings), pool: fixture.pool, log });
    typesense = createTypesenseIndex({ urls: [stub.url], apiKey: stub.apiKey, namespace: config.namespace });
  });
  afterAll(async () => {
    await opened?.close();
    await typesense?.close();
    await fixture?.close();
    await stub?.close();
  });

  const found = (text: string, expected: string[]) =>
    eventually(async () => expect(await fixture.find(text)).toEqual(expected));
  const inTypesense = async (collection: 'users' | 'posts', text: string) => {
    const request = { query: parseQuery(text), viewerFilter: PUBLIC_FILTER, offset: 0, limit: 20 };
    return (await typesense.search([collection], request))[collection].map(({ document }) => document.id);
  };
  const searches = () => stub.requests.filter(({ path }) => path === '/multi_search').length;

  test('finds new content in Typesense', async () => {
    const author = await fixture.account('heronwatcher', { displayName: 'Grey Heron' });
    const post = await fixture.publish(author, 'Anemones at low tide #tidepools');
    await found('heronwatcher', ['User:heronwatcher']);
    await found('tidepools', ['Hashtag:tidepools', `Post:${post.caption}`]);
    await eventually(async () => expect(await inTypesense('posts', 'anemones')).toEqual([String(post.id)]));
    const before = searches();
    await eventually(async () => {
      await fixture.find('heronwatcher');
      expect(searches()).toBeGreaterThan(before);
    });
    await fixture.world.deletePost(post.id);
    await found('anemones', []);
    await eventually(async () => expect(await inTypesense('posts', 'anemones')).toEqual([]));
  });

  test('continues while Typesense is unavailable, and catches up afterwards', async () => {
    await eventually(async () => {
      const before = searches();
      await fixture.find('heronwatcher');
      expect(searches()).toBeGreaterThan(before);
    });
    stub.mode = 'hang';
    const before = searches();
    expect(await fixture.find('heronwatcher')).toEqual(['User:heronwatcher']);
    // It waited for one timeout only, although fewer hits than a page cause a second search.
    expect(searches() - before).toBe(1);
    const person = await fixture.account('kingfisherfriend');
    const post = await fixture.publish(person, 'Kingfisher over the millpond');
    await found('kingfisherfriend', ['User:kingfisherfriend']);
    await found('millpond', [`Post:${post.caption}`]);
    stub.mode = 'ok';
    await eventually(async () => {
      expect(await inTypesense('users', 'kingfisherfriend')).toEqual([String(person.id)]);
      expect(await inTypesense('posts', 'millpond')).toEqual([String(post.id)]);
    });
  });

  test('reindexes Postgres and Typesense, and reports if it cannot', async () => {
    const { pool, client } = fixture;
    const run = () => reindex({ pool, client, index: opened.index, report: () => undefined });
    const lost = await fixture.world.withoutEvents(() => fixture.account('unheardof'));
    await run();
    expect(await inTypesense('users', 'unheardof')).toEqual([String(lost.id)]);
    await found('unheardof', ['User:unheardof']);
    for (const { building } of await typesense.state()) expect(building).toBeNull();
    stub.mode = 'fail';
    await expect(run()).rejects.toThrow('Typesense does not answer');
    stub.mode = 'ok';
    await run();
  });

  test('completes an interrupted swap with the next reindexing', async () => {
    const { pool, client, environment } = fixture;
    let isCut = false;
    const index = createFallbackIndex({
      typesense: {
        ...typesense,
        async swap(collection) {
          if (isCut) return typesense.swap(collection);
          isCut = true;
          throw new Error('cut short');
        },
      },
      postgres: createPostgresIndex({ pool }),
      enqueue: async () => undefined,
      isBehind: () => false,
      log: environment.log,
    });
    const run = () => reindex({ pool, client, index, report: () => undefined });
    await expect(run()).rejects.toThrow('cut short');
    const left = (await typesense.state()).filter(({ building }) => building !== null);
    expect(left.map(({ collection }) => collection)).toEqual(['users']);
    await run();
    const states = await opened.index.state();
    expect(states.map(({ building }) => building)).toEqual([null, null, null]);
    for (const { building } of await typesense.state()) expect(building).toBeNull();
    await found('kingfisherfriend', ['User:kingfisherfriend']);
  });
});
