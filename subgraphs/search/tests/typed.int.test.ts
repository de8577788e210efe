import { eventually } from '@tintype/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSearch, type SearchFixture } from './search.fixture.ts';

let fixture: SearchFixture;
beforeAll(async () => {
  fixture = await openSearch();
  await fixture.account('maren.lund', { displayName: 'Maren Lund' });
  await eventually(async () => expect(await fixture.find('maren')).toEqual(['User:maren.lund']));
});
afterAll(() => fixture?.close());

const SEARCH = `query ($text: String!, $types: [SearchType!], $first: Int, $after: String) {
  search(query: $text, types: $types, first: $first, after: $after) {
    edges { cursor highlights { field text ranges { start end } } } pageInfo { hasNextPage endCursor } } }`;
const SUGGEST =
  'query ($text: String!, $first: Int) { suggest(prefix: $text, first: $first) { text highlights { text } } }';

type Edge = { cursor: string; highlights: { field: string; text: string; ranges: { start: number; end: number }[] }[] };
type Answer = { search: { edges: Edge[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } };

const search = (text: string, variables: object = {}) =>
  fixture.ask<Answer>('search', null, SEARCH, { text, ...variables });
const suggest = (text: string, variables: object = {}) =>
  fixture.ask<{ suggest: { text: string }[] }>('search', null, SUGGEST, { text, ...variables });

describe('a search text', () => {
  test.each([
    '',
    ' ',
    '@',
    '#',
    '@@##',
    '...!?',
    '\u0000\u0007\u001b',
    '\u202e\u2066\u2069',
    '\ud800',
    "'; --",
    '%_',
    ':*&|!',
  ])('%j finds nothing, without an error', async (text) => {
    expect((await search(text)).search.edges).toEqual([]);
    expect((await suggest(text)).suggest).toEqual([]);
  });

  test('with 10,000 letters is refused with a code', async () => {
    await expect(search('a'.repeat(10_000))).rejects.toThrow(/up to 200 letters/);
    await expect(suggest('ü'.repeat(10_000))).rejects.toThrow(/up to 200 letters/);
    expect((await search('a'.repeat(200))).search.edges).toEqual([]);
  });

  test('that takes too long to search for returns a code', async () => {
    const client = await fixture.pool.connect();
    try {
      const { rows } = await client.query("SELECT live FROM search.alias WHERE collection = 'users'");
      await client.query(`BEGIN; LOCK TABLE search."${rows[0].live}" IN ACCESS EXCLUSIVE MODE`);
      await expect(search('lund')).rejects.toThrow(/takes too long/);
      await expect(suggest('lund')).rejects.toThrow(/takes too long/);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    expect((await search('lund')).search.edges).toHaveLength(1);
  });

  test('of any kind gets an answer whose highlights lie within their texts', async () => {
    const words = fc.constantFrom('maren', 'Lund', 'MAREN', 'mar', 'lnud', '@', '#', ' ');
    const unicode = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 50 }),
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc
        .array(fc.oneof(words, fc.string({ unit: 'grapheme', maxLength: 3 })), { maxLength: 8 })
        .map((all) => all.join('')),
    );
    await fc.assert(
      fc.asyncProperty(unicode, async (text) => {
        if (text.length > 200) return;
        await suggest(text);
        for (const { highlights } of (await search(text)).search.edges) {
          for (const highlight of highlights) {
            let end = 0;
            for (const range of highlight.ranges) {
              expect(range.start).toBeGreaterThanOrEqual(end);
              expect(range.end).toBeGreaterThan(range.start);
              end = range.end;
            }
            expect(end).toBeLessThanOrEqual(highlight.text.length);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('with @ finds people, with # hashtags, and with types only these types', async () => {
    const person = await fixture.account('kestrel');
    const post = await fixture.publish(person, 'Hovering #kestrel');
    const all = ['User:kestrel', 'Hashtag:kestrel', `Post:${post.caption}`];
    await eventually(async () => expect(await fixture.find('kestrel')).toEqual(all));
    expect(await fixture.find('@kestrel')).toEqual(all.slice(0, 1));
    expect(await fixture.find(' #Kestrel')).toEqual(all.slice(1, 2));
    expect(await fixture.find('kestrel', null, ['POSTS'])).toEqual(all.slice(2));
    expect(await fixture.find('kestrel', null, ['POSTS', 'PEOPLE'])).toEqual([all[0], all[2]]);
    expect(await fixture.find('@kestrel', null, ['POSTS'])).toEqual([]);
    expect((await suggest('kest')).suggest.map(({ text }) => text)).toEqual(['@kestrel', '#kestrel']);
  });

  test('suggests Korean hashtags with the letters that were typed', async () => {
    await fixture.publish(await fixture.account('haru'), '#올빼미ㅋㅋ');
    const found = { text: '#올빼미ㅋㅋ', highlights: [{ text: '올빼미ㅋㅋ' }] };
    await eventually(async () => expect((await suggest('올빼미')).suggest).toEqual([found]));
    expect((await suggest('#올빼미ㅋ')).suggest).toEqual([found]);
  });
});

describe('pages', () => {
  test('are refused with a code if their size or cursor is wrong', async () => {
    for (const first of [0, -1, 101]) await expect(search('maren', { first })).rejects.toThrow(/first must be/);
    for (const first of [0, 21]) await expect(suggest('maren', { first })).rejects.toThrow(/first must be/);
    await expect(search('maren', { after: 'nonsense' })).rejects.toThrow(/cursor/);
    const { search: found } = await search('maren', { first: 1 });
    await expect(search('lund', { after: found.edges[0]!.cursor })).rejects.toThrow(/cursor/);
    await expect(search('maren', { types: ['POSTS'], after: found.edges[0]!.cursor })).rejects.toThrow(/cursor/);
    expect((await search('maren', { after: found.edges[0]!.cursor })).search.edges).toEqual([]);
  });

  test('are bounded, with a clear error after the last', async () => {
    const author = await fixture.account('bulk');
    const { world } = fixture;
    const postIds = await world.withoutEvents(async () => {
      const made: bigint[] = [];
      for (let number = 1; number <= 520; number++) made.push(await world.publish(author.id, `plenty ${number}`));
      return made;
    });
    await fixture.pool.query(
      `INSERT INTO search.post (post_id, author_id, caption, hashtags, published_ms, version)
       SELECT id, $1, 'plenty ' || n, '{}', n, 1 FROM unnest($2::bigint[]) WITH ORDINALITY AS post (id, n)`,
      [author.id, postIds],
    );
    await eventually(async () => {
      await fixture.forget();
      expect((await search('plenty', { first: 100 })).search.edges).toHaveLength(100);
      const { rows } = await fixture.pool.query('SELECT 1 FROM search.post WHERE dirty LIMIT 1');
      expect(rows).toEqual([]);
    });
    await fixture.forget();
    const seen = new Set<string>();
    let after: string | null = null;
    for (let page = 0; page < 5; page++) {
      const { search: found }: Answer = await search('plenty', { first: 100, after });
      for (const { highlights } of found.edges) seen.add(highlights[0]!.text);
      expect(found.pageInfo.hasNextPage).toBe(true);
      after = found.pageInfo.endCursor;
    }
    expect(seen.size).toBe(500);
    await expect(search('plenty', { after })).rejects.toThrow(/up to 500 results/);
  });
});
