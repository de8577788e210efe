import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COLLECTIONS, type CollectionName, type Documents } from '#index-store/documents.ts';
import { type Audience, PUBLIC_AUDIENCE, type SearchIndex } from '#index-store/search-index.ts';
import { parseQuery } from '#text/query.rules.ts';
import { person, post, tag } from './documents.ts';

/** An index of a suite's own, without documents. */
export type OpenIndex = () => Promise<{ index: SearchIndex; close(): Promise<void> }>;

/** What every driver does; run it with each. */
export function describeSearchIndex(name: string, open: OpenIndex): void {
  describe(`${name}: a search index`, () => {
    let opened: Awaited<ReturnType<OpenIndex>>;
    beforeAll(async () => {
      opened = await open();
      await opened.index.ensure();
    });
    afterAll(() => opened?.close());

    const searched = async <Name extends CollectionName>(
      collection: Name,
      text: string,
      page: { offset?: number; limit?: number; audience?: Audience; typos?: boolean | 'only' } = {},
    ): Promise<Documents[Name][]> => {
      const { offset = 0, limit = 20, audience = PUBLIC_AUDIENCE, typos = true } = page;
      const request = { query: parseQuery(text), audience, offset, limit, typos };
      return (await opened.index.search([collection], request))[collection];
    };
    const usernames = async (text: string) => (await searched('users', text)).map(({ username }) => username);
    const ids = async (collection: CollectionName, text: string, audience?: Audience) =>
      (await searched(collection, text, audience && { audience })).map(({ id }) => id);
    const empty = async () => {
      for (const collection of COLLECTIONS) {
        await opened.index.abandonBuild(collection);
        await opened.index.startBuild(collection);
        await opened.index.swap(collection);
      }
    };

    describe('people', () => {
      beforeAll(async () => {
        await empty();
        await opened.index.upsert('users', [
          person(1, 'maren', { popularity: 1 }),
          person(2, 'maren.lund', { popularity: 2 }),
          person(3, 'marenka', { popularity: 9 }),
          person(4, 'lichtbild', { displayName: 'Maren Sørensen', popularity: 50 }),
          person(5, 'm_a_r_e_n', { popularity: 0 }),
          person(6, 'oak', { popularity: 5 }),
          person(7, 'oat', { popularity: 6 }),
          person(8, 'photogarden', { popularity: 1 }),
          person(9, 'kaffee', { displayName: 'Žofie Nováková' }),
          person(10, 'taro', { displayName: '東京タワー写真部' }),
          person(11, 'dimitra', { displayName: 'Δήμητρα Παππάς' }),
          person(12, 'ivan_k', { displayName: 'Иван Ёлкин' }),
          person(13, 'sari', { displayName: 'IŞIK Doğan' }),
          person(14, 'noor', { displayName: 'مُحَمَّد عليّ' }),
          person(15, 'somchai', { displayName: 'ภาพถ่ายทะเล' }),
          person(16, 'anil', { displayName: 'नीला सागर' }),
          person(17, 'obrien', { displayName: "Tadhg O'Brien" }),
          person(18, 'strasse', { displayName: 'Straße und Æther' }),
          person(19, 'quiet', { displayName: 'Quiet Corner', isPrivate: true }),
        ]);
      });

      test('the exact username comes first, then the same letters, then prefixes by popularity, then words', async () => {
        expect(await usernames('maren')).toEqual(['maren', 'm_a_r_e_n', 'marenka', 'maren.lund', 'lichtbild']);
        expect(await usernames('MAREN.lund')).toEqual(expect.arrayContaining(['maren.lund']));
        expect((await usernames('m_a_r_e_n'))[0]).toBe('m_a_r_e_n');
      });

      test('one letter may be wrong from four on', async () => {
        for (const typo of ['mareen', 'mren', 'marem', 'mraen']) expect(await usernames(typo)).toContain('maren');
        expect(await usernames('oac')).toEqual([]);
        expect(await usernames('mxrxn')).not.toContain('maren');
      });

      test('two letters may be wrong from eight on', async () => {
        for (const typo of ['photogrdn', 'phxtogxrden', 'hpotogadren', 'photogardenab']) {
          expect(await usernames(typo)).toContain('photogarden');
        }
        expect(await usernames('phxtxgxrden')).not.toContain('photogarden');
      });

      test('typos are left out where only what fits is asked for', async () => {
        for (const [text, fitting] of [
          ['mareen', []],
          ['photogarden', ['8']],
          ['bob', []],
        ] as const) {
          const hits = await searched('users', text, { typos: false });
          expect(hits.map(({ id }) => id)).toEqual(fitting);
        }
        const others = await searched('users', 'mareen', { typos: 'only' });
        expect(others.map(({ username }) => username)).toContain('maren');
      });

      test('a typo may be in what is not finished yet', async () => {
        expect(await usernames('phptogar')).toContain('photogarden');
        expect(await usernames('phtog')).toContain('photogarden');
      });

      test('names are found by any word in any order, the last one as far as it is typed', async () => {
        expect(await usernames('sorensen maren')).toEqual(['lichtbild']);
        expect(await usernames('maren sør')).toEqual(['lichtbild']);
        expect(await usernames('Sorensen')).toEqual(['lichtbild']);
        expect(await usernames('sor maren')).toEqual([]);
        expect(await usernames('sorenssen maren')).toEqual(['lichtbild']);
        expect(await usernames('maren nobody')).toEqual([]);
      });

      test.each([
        ['zofie novakova', 'kaffee'],
        ['ŽOFIE', 'kaffee'],
        ['ΔΗΜΗΤΡΑ', 'dimitra'],
        ['παππας', 'dimitra'],
        ['елкин иван', 'ivan_k'],
        ['isik dogan', 'sari'],
        ['محمد علي', 'noor'],
        ['タワー', 'taro'],
        ['東京', 'taro'],
        ['写真', 'taro'],
        ['ทะเล', 'somchai'],
        ['सागर', 'anil'],
        ['o’brien', 'obrien'],
        ['strasse aether', 'strasse'],
        ['ｍａｒｅｎｋａ', 'marenka'],
        ['ma\u202eren\u200bka', 'marenka'],
      ])('%s finds %s', async (text, username) => {
        expect(await usernames(text)).toContain(username);
      });

      test('nicknames find the name that they stand for, behind everybody whose name fits', async () => {
        await opened.index.upsert('users', [
          person(30, 'quill_r', { displayName: 'Robert Quill', popularity: 90 }),
          person(31, 'bobquill'),
        ]);
        expect(await usernames('bob quill')).toEqual(['bobquill', 'quill_r']);
        await opened.index.remove('users', ['30', '31']);
      });

      test('what begins with the query sign by sign comes before what does so by its letters', async () => {
        await opened.index.upsert('users', [person(32, 'fen.wick', { popularity: 9 }), person(33, 'fenwickson')]);
        expect(await usernames('fenwi')).toEqual(['fenwickson', 'fen.wick']);
        expect(await usernames('fen.w')).toEqual(['fen.wick', 'fenwickson']);
        await opened.index.remove('users', ['32', '33']);
      });

      test('private people are found, hidden ones are not', async () => {
        expect(await ids('users', 'quiet')).toEqual(['19']);
        expect(await ids('users', 'quiet', { hiddenIds: ['19'], privateIds: [] })).toEqual([]);
        expect(await ids('users', 'marenn', { hiddenIds: ['1', '3'], privateIds: [] })).not.toContain('1');
      });

      test('a hit is the document as it was written', async () => {
        const [found] = await searched('users', 'lichtbild');
        expect(found).toEqual(person(4, 'lichtbild', { displayName: 'Maren Sørensen', popularity: 50 }));
      });
    });

    describe('posts and hashtags', () => {
      beforeAll(async () => {
        await empty();
        await opened.index.upsert('posts', [
          post(1, 7, 'Golden hour over the harbour', { popularity: 1 }),
          post(2, 8, 'The harbour, golden again #goldenhour', { popularity: 5, hashtags: ['goldenhour'] }),
          post(3, 9, 'Harbour behind closed doors, golden', { popularity: 9, isPrivate: true }),
          post(4, 7, 'Café crème at dawn', { hashtags: [] }),
          post(5, 7, '夕焼けの海 🌊', { hashtags: ['夕焼け'] }),
          post(6, 7, ''),
        ]);
        await opened.index.upsert('hashtags', [
          tag('goldenhour', 20),
          tag('golden', 3),
          tag('été', 4),
          tag('夕焼け', 2),
        ]);
      });

      test('posts are found by all words of the caption, the popular ones first', async () => {
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

      test('hashtags are found as usernames are', async () => {
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
        await opened.index.upsert('users', documents);
      });

      test('follow each other without a gap or a repetition', async () => {
        const whole = await searched('users', 'river', { limit: 60 });
        const pages = [];
        for (let offset = 0; offset < 60; offset += 7) {
          pages.push(...(await searched('users', 'river', { offset, limit: Math.min(7, 60 - offset) })));
        }
        expect(whole).toHaveLength(60);
        expect(pages.map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
        expect(new Set(pages.map(({ id }) => id)).size).toBe(60);
      });

      test('end', async () => {
        expect(await searched('users', 'river', { offset: 60 })).toEqual([]);
      });
    });

    describe('writes', () => {
      beforeAll(empty);

      test('a document replaces the one before, a removed one is gone, both as often as one likes', async () => {
        const { index } = opened;
        await index.upsert('users', [person(1, 'before')]);
        await index.upsert('users', [person(1, 'renamed', { isPrivate: true })]);
        await index.upsert('users', [person(1, 'renamed', { isPrivate: true })]);
        expect(await usernames('before')).toEqual([]);
        expect(await searched('users', 'renamed')).toEqual([person(1, 'renamed', { isPrivate: true })]);
        await index.remove('users', ['1', '2']);
        await index.remove('users', ['1']);
        expect(await usernames('renamed')).toEqual([]);
      });

      test('a thousand at once are found at once', async () => {
        const many = Array.from({ length: 1000 }, (_, index) => person(index + 1, `crowd${index}x`));
        await opened.index.upsert('users', many);
        expect(await usernames('crowd999x')).toEqual(expect.arrayContaining(['crowd999x']));
        await opened.index.remove(
          'users',
          many.map(({ id }) => id),
        );
        expect(await usernames('crowd999x')).toEqual([]);
      });

      test('nothing to write is no error', async () => {
        await opened.index.upsert('users', []);
        await opened.index.remove('posts', []);
      });
    });

    describe('building anew', () => {
      test('readers get the old collection until the new one takes its place; writes reach both', async () => {
        await empty();
        const { index } = opened;
        await index.upsert('users', [person(1, 'oldtimer'), person(2, 'stays')]);
        expect(await index.startBuild('users')).toMatchObject({ resumed: false });
        await index.importInto('users', [person(2, 'stays'), person(3, 'newcomer')]);
        expect(await usernames('newcomer')).toEqual([]);
        await index.upsert('users', [person(4, 'meanwhile')]);
        expect(await usernames('meanwhile')).toEqual(['meanwhile']);
        expect(await index.startBuild('users')).toMatchObject({ resumed: true });
        await index.swap('users');
        expect(await usernames('oldtimer')).toEqual([]);
        expect(await usernames('newcomer')).toEqual(['newcomer']);
        expect(await usernames('meanwhile')).toEqual(['meanwhile']);
        const state = (await index.state()).find(({ collection }) => collection === 'users');
        expect(state).toMatchObject({ documents: 3, building: null });
      });

      test('one that is given up leaves no trace', async () => {
        const { index } = opened;
        const before = await index.state();
        await index.startBuild('posts');
        await index.importInto('posts', [post(1, 1, 'given up')]);
        await index.abandonBuild('posts');
        await index.abandonBuild('posts');
        expect(await index.state()).toEqual(before);
        await expect(index.importInto('posts', [post(1, 1, 'nowhere')])).rejects.toThrow();
        await expect(index.swap('posts')).rejects.toThrow();
      });

      test('no reader sees a gap while collections change places', async () => {
        const { index } = opened;
        await index.upsert('users', [person(1, 'lighthouse')]);
        let done = false;
        const reading = (async () => {
          let reads = 0;
          for (; !done; reads++) expect(await usernames('lighthouse')).toEqual(['lighthouse']);
          return reads;
        })();
        for (let round = 0; round < 5; round++) {
          await index.startBuild('users');
          await index.importInto('users', [person(1, 'lighthouse')]);
          await index.swap('users');
        }
        done = true;
        expect(await reading).toBeGreaterThan(5);
      });
    });

    test('whatever is typed gets an answer', async () => {
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

    test('says that it is healthy', async () => {
      expect(await opened.index.healthy()).toBe(true);
    });
  });
}
