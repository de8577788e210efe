import { beforeAll, describe, expect, test } from 'vitest';
import { PUBLIC_FILTER } from '#search-index/search-index.ts';
import { parseQuery } from '#text/query.rules.ts';
import { person } from './documents.ts';
import type { DriverFixture } from './driver.fixture.ts';

/** Tests which people a query finds, and in which order. */
export function describePeople(driver: DriverFixture): void {
  const { searched, usernames, ids, empty } = driver;

  describe('people', () => {
    beforeAll(async () => {
      await empty();
      await driver.index.upsert('users', [
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

    test('the exact username comes first, then the same letters, whole words by popularity, and prefixes', async () => {
      expect(await usernames('maren')).toEqual(['maren', 'm_a_r_e_n', 'lichtbild', 'maren.lund', 'marenka']);
      expect(await usernames('MAREN.lund')).toEqual(expect.arrayContaining(['maren.lund']));
      expect((await usernames('m_a_r_e_n'))[0]).toBe('m_a_r_e_n');
    });

    test('words of four letters or more can have one typo', async () => {
      for (const typo of ['mareen', 'mren', 'marem', 'mraen']) expect(await usernames(typo)).toContain('maren');
      expect(await usernames('oac')).toEqual([]);
      expect(await usernames('mxrxn')).not.toContain('maren');
    });

    test('words of eight letters or more can have two typos', async () => {
      for (const typo of ['photogrdn', 'phxtogxrden', 'hpotogadren', 'photogardenab']) {
        expect(await usernames(typo)).toContain('photogarden');
      }
      expect(await usernames('phxtxgxrden')).not.toContain('photogarden');
    });

    test('exact searches do not accept typos', async () => {
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

    test('an unfinished word can have a typo', async () => {
      expect(await usernames('phptogar')).toContain('photogarden');
      expect(await usernames('phtog')).toContain('photogarden');
    });

    test('names are found by any words in any order, the last one by its prefix', async () => {
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

    test('full names come before whole words, and whole words before prefixes, whatever their popularity', async () => {
      const wolfgangs = Array.from({ length: 30 }, (_, at) =>
        person(100 + at, `wolfgang${at}`, { displayName: 'Wolfgang', popularity: 100 + at }),
      );
      await driver.index.upsert('users', [
        ...wolfgangs,
        person(200, 'anna_w', { displayName: 'Anna Wolf', popularity: 2 }),
        person(201, 'ben_w', { displayName: 'Ben Wolf', popularity: 3 }),
        person(202, 'lupo', { displayName: 'Wolf', popularity: 1 }),
        person(203, 'wolf_of_the_sea', { popularity: 2.5 }),
        person(204, 'wolff', { displayName: 'Wolff', popularity: 900 }),
      ]);
      for (const text of ['Wolf', 'wolf ']) {
        expect((await usernames(text)).slice(0, 5)).toEqual(['lupo', 'ben_w', 'wolf_of_the_sea', 'anna_w', 'wolff']);
      }
      expect((await usernames('wolf anna'))[0]).toBe('anna_w');
      const all = await driver.index.search(['users'], {
        query: parseQuery('wolf'),
        viewerFilter: PUBLIC_FILTER,
        offset: 0,
        limit: 100,
      });
      const order = all.users.map(({ rank }) => rank);
      expect(order).toEqual(order.toSorted());
      await driver.index.remove(
        'users',
        all.users.map(({ document }) => document.id),
      );
    });

    test('nicknames find the full name, after all people whose name matches', async () => {
      await driver.index.upsert('users', [
        person(30, 'quill_r', { displayName: 'Robert Quill', popularity: 90 }),
        person(31, 'bobquill'),
      ]);
      expect(await usernames('bob quill')).toEqual(['bobquill', 'quill_r']);
      await driver.index.remove('users', ['30', '31']);
    });

    test('an exact prefix comes before a prefix that matches only by its letters', async () => {
      await driver.index.upsert('users', [person(32, 'fen.wick', { popularity: 9 }), person(33, 'fenwickson')]);
      expect(await usernames('fenwi')).toEqual(['fenwickson', 'fen.wick']);
      expect(await usernames('fen.w')).toEqual(['fen.wick', 'fenwickson']);
      await driver.index.remove('users', ['32', '33']);
    });

    test('private accounts are found, hidden ones are not', async () => {
      expect(await ids('users', 'quiet')).toEqual(['19']);
      expect(await ids('users', 'quiet', { hiddenIds: ['19'], privateIds: [] })).toEqual([]);
      expect(await ids('users', 'marenn', { hiddenIds: ['1', '3'], privateIds: [] })).not.toContain('1');
    });

    test('a hit contains the document as it was written', async () => {
      const [found] = await searched('users', 'lichtbild');
      expect(found).toEqual(person(4, 'lichtbild', { displayName: 'Maren Sørensen', popularity: 50 }));
    });
  });
}
