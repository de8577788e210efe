import { randomBytes } from 'node:crypto';
import { Client } from 'typesense';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COLLECTIONS } from '#search-index/documents.ts';
import { MAX_DEPTH, PUBLIC_FILTER, type SearchIndex } from '#search-index/search-index.ts';
import { parseQuery } from '#text/query.rules.ts';
import { aliasNames } from '#typesense/collection-alias.ts';
import { createTypesenseIndex } from '#typesense/typesense.index.ts';
import { person } from './documents.ts';
import type { OpenIndex } from './driver.fixture.ts';

export type Address = { urls: string[]; apiKey: string };

/** An index on the server with its own names, which are removed at the end. */
export function openOn(address: () => Promise<Address> | Address): OpenIndex {
  return async () => {
    const at = await address();
    const namespace = `test-${randomBytes(6).toString('hex')}`;
    // A generous timeout, because speed is not tested here.
    const index = createTypesenseIndex({ ...at, namespace, readTimeoutMs: 10_000 });
    return {
      index,
      async close() {
        await removeAll(at, namespace);
        await index.close();
      },
    };
  };
}

async function removeAll({ urls, apiKey }: Address, namespace: string): Promise<void> {
  const client = new Client({ nodes: urls.map((url) => ({ url })), apiKey, logLevel: 'silent' });
  const names = aliasNames(namespace);
  for (const collection of COLLECTIONS) {
    await client.aliases(names.live(collection)).delete();
  }
  const all = await client.collections().retrieve();
  for (const { name } of all) if (name.startsWith(namespace)) await client.collections(name).delete();
  await client.synonymSets(names.nicknames()).delete();
}

/** What only a real server can show, beyond the tests of all drivers. */
export function describeTypesense(name: string, open: OpenIndex): void {
  describe(`${name}: what only Typesense has`, () => {
    let opened: Awaited<ReturnType<OpenIndex>>;
    let index: SearchIndex;

    beforeAll(async () => {
      opened = await open();
      index = opened.index;
      await index.ensure();
      const crowd = Array.from({ length: 700 }, (_, at) => person(at + 1, `crowd${at}x`, { popularity: at }));
      await index.upsert('users', crowd);
      await index.upsert('users', [
        person(1001, 'goldsmith', { displayName: 'William Lund', popularity: 1 }),
        person(1002, 'billdoor', { displayName: 'Bill Lund' }),
        person(1003, 'a.b_c-d'),
        person(1004, 'ab.cd'),
      ]);
    });
    afterAll(() => opened?.close());

    const search = async (text: string, given: { offset?: number; limit?: number; hiddenIds?: string[] } = {}) => {
      const { offset = 0, limit = 20, hiddenIds = [] } = given;
      const request = { query: parseQuery(text), viewerFilter: { ...PUBLIC_FILTER, hiddenIds }, offset, limit };
      return (await index.search(['users'], request)).users.map(({ document }) => document.username);
    };

    test('a prefix of more words than the server considers by default finds the popular ones first', async () => {
      const found = await search('crow', { limit: 100 });
      expect(found).toEqual(Array.from({ length: 100 }, (_, at) => `crowd${699 - at}x`));
    });

    test('pages go beyond the largest page of the server', async () => {
      const deep = await search('crowd', { offset: MAX_DEPTH - 20, limit: 20 });
      expect(deep).toEqual(Array.from({ length: 20 }, (_, at) => `crowd${699 - (MAX_DEPTH - 20) - at}x`));
      const across = await search('crowd', { offset: 240, limit: 20 });
      expect(across).toEqual(Array.from({ length: 20 }, (_, at) => `crowd${459 - at}x`));
    });

    test('thousands of accounts can be hidden from one viewer', async () => {
      const hiddenIds = Array.from({ length: 5000 }, (_, at) => String(at < 600 ? at + 101 : at + 1_000_000));
      expect(await search('crowd', { hiddenIds })).toEqual(Array.from({ length: 20 }, (_, at) => `crowd${99 - at}x`));
    });

    test('nicknames are found after names', async () => {
      expect(await search('bill lund')).toEqual(['billdoor', 'goldsmith']);
    });

    test('dots, underscores and hyphens distinguish usernames', async () => {
      expect((await search('a.b_c-d'))[0]).toBe('a.b_c-d');
      expect((await search('ab.cd'))[0]).toBe('ab.cd');
      expect(await search('abcd')).toEqual(expect.arrayContaining(['a.b_c-d', 'ab.cd']));
    });

    test('a search without any letters finds nothing', async () => {
      expect(await search('\u02d0')).toEqual([]);
      expect(await search('\u02d0\u02d1 lund')).toEqual([]);
    });

    test('characters of the filter language are treated as text', async () => {
      for (const text of [
        'a`b',
        'x && restricted:=true',
        'crowd`]||id:*',
        '(a',
        'a,b]',
        '"crowd0x"',
        '-crowd0x',
        'a\\`b',
      ]) {
        expect(Array.isArray(await search(text))).toBe(true);
      }
      expect(await search('`crowd5x`', { hiddenIds: ['6'] })).not.toContain('crowd5x');
    });
  });
}
