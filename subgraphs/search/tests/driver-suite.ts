import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { COLLECTIONS } from '#search-index/documents.ts';
import { parseQuery } from '#text/query.rules.ts';
import { person, post, tag } from './documents.ts';
import { type OpenIndex, openDriver } from './driver.fixture.ts';
import { describePeople } from './people-suite.ts';
import { describeScripts } from './scripts-suite.ts';
import { describeWrites } from './writes-suite.ts';

/** Tests for every driver. */
export function describeSearchIndex(name: string, open: OpenIndex): void {
  describe(`${name}: a search index`, () => {
    const driver = openDriver(open);
    const { searched, ids, empty } = driver;
    describePeople(driver);
    describeWrites(driver);
    describeScripts(driver);

    describe('posts and hashtags', () => {
      beforeAll(async () => {
        await empty();
        await driver.index.upsert('posts', [
          post(1, 7, 'Golden hour over the harbour', { popularity: 1 }),
          post(2, 8, 'The harbour, golden again #goldenhour', { popularity: 5, hashtags: ['goldenhour'] }),
          post(3, 9, 'Harbour behind closed doors, golden', { popularity: 9, isPrivate: true }),
          post(4, 7, 'Café crème at dawn', { hashtags: [] }),
          post(5, 7, '夕焼けの海 🌊', { hashtags: ['夕焼け'] }),
          post(6, 7, ''),
        ]);
        await driver.index.upsert('hashtags', [
          tag('goldenhour', 20),
          tag('golden', 3),
          tag('été', 4),
          tag('夕焼け', 2),
        ]);
      });

      test('posts are found by any word of the caption, popular ones first', async () => {
        expect(await ids('posts', 'golden harbour')).toEqual(['2', '1']);
        expect(await ids('posts', 'harbour dawn')).toEqual([]);
        expect(await ids('posts', 'creme cafe')).toEqual(['4']);
        expect(await ids('posts', 'harbuor')).toEqual(['2', '1']);
        expect(await ids('posts', 'gold')).toEqual(['2', '1']);
        expect(await ids('posts', 'goldenhour')).toEqual(['2']);
        expect(await ids('posts', '🌊')).toEqual(['5']);
        expect(await ids('posts', '夕焼け')).toEqual(['5']);
      });

      test("private authors' posts are found by those only who may see them", async () => {
        expect(await ids('posts', 'closed doors')).toEqual([]);
        expect(await ids('posts', 'closed doors', { hiddenIds: [], privateIds: ['9'] })).toEqual(['3']);
        expect(await ids('posts', 'closed doors', { hiddenIds: ['9'], privateIds: ['9'] })).toEqual([]);
        expect(await ids('posts', 'golden', { hiddenIds: ['8'], privateIds: ['1', '2'] })).toEqual(['1']);
      });

      test('hashtags are found like usernames', async () => {
        expect(await ids('hashtags', '#golden')).toEqual(['golden', 'goldenhour']);
        expect(await ids('hashtags', 'gol')).toEqual(['goldenhour', 'golden']);
        expect(await ids('hashtags', 'goldenhuor')).toEqual(['goldenhour']);
        expect(await ids('hashtags', 'ETE')).toEqual(['été']);
        expect(await ids('hashtags', '夕')).toEqual(['夕焼け']);
      });
    });

    describe('pages', () => {
      beforeAll(async () => {
        await empty();
        const documents = Array.from({ length: 60 }, (_, index) =>
          person(index + 1, index < 25 ? `river${index}` : `u${index}`, {
            displayName: index < 40 ? 'River Stone' : 'Rivet Stone',
            popularity: index % 7,
          }),
        );
        await driver.index.upsert('users', documents);
      });

      test('have no gap and no repetition between them', async () => {
        const whole = await searched('users', 'river', { limit: 60 });
        const pages = [];
        for (let offset = 0; offset < 60; offset += 7) {
          pages.push(...(await searched('users', 'river', { offset, limit: Math.min(7, 60 - offset) })));
        }
        expect(whole).toHaveLength(60);
        expect(pages.map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
        expect(new Set(pages.map(({ id }) => id)).size).toBe(60);
      });

      test('come to an end', async () => {
        expect(await searched('users', 'river', { offset: 60 })).toEqual([]);
      });
    });

    test('any text gets an answer', async () => {
      const text = fc.oneof(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.stringMatching(/^['"\\:*&|!()<>@#% -]{1,20}[a-z']{0,8}$/),
      );
      await fc.assert(
        fc.asyncProperty(text, fc.constantFrom(...COLLECTIONS), async (typed, collection) => {
          if (parseQuery(typed).words.length === 0) return;
          expect(Array.isArray(await searched(collection, typed, { limit: 3 }))).toBe(true);
        }),
        { numRuns: 150 },
      );
    });

    test('reports that it is healthy', async () => {
      expect(await driver.index.healthy()).toBe(true);
    });
  });
}
