import { describe, expect, test } from 'vitest';
import { PUBLIC_FILTER } from '#search-index/search-index.ts';
import { parseQuery } from '#text/query.rules.ts';
import { RANKS } from '#text/rank.rules.ts';
import { planSearches } from './search-plan.rules.ts';

const planned = (text: string, offset = 0, collection: 'users' | 'posts' = 'users') =>
  planSearches(collection, 'alias', { query: parseQuery(text), viewerFilter: PUBLIC_FILTER, offset, limit: 20 });

describe('planSearches', () => {
  test('asks from the strictest to the widest', () => {
    const ranks = planned('Anna Smih').map(({ rank }) => rank);
    const { exact, sameName, words, handleStart, keyStart, wordStart, typo } = RANKS;
    expect(ranks).toEqual([exact, sameName, words, handleStart, keyStart, wordStart, typo, typo]);
    expect(planned('maren').map(({ pages }) => pages[0]?.q)).toEqual(['*', '*', ...Array(5).fill('maren')]);
    expect(planned('anna smih', 0, 'posts').map(({ rank }) => rank)).toEqual([words, wordStart, typo]);
    expect(planned('anna smih ', 0, 'posts').map(({ rank }) => rank)).toEqual([words, typo]);
  });

  test('asks for what an apostrophe holds together as one word, and as its parts', () => {
    const { words, wordStart, typo } = RANKS;
    expect(planned('l’œuvre', 0, 'posts').map(({ rank, pages }) => [rank, pages[0]?.q])).toEqual([
      [words, 'l oeuvre'],
      [words, 'loeuvre'],
      [wordStart, 'l oeuvre'],
      [wordStart, 'loeuvre'],
      [typo, 'l oeuvre'],
    ]);
  });

  test('allows typos by the length of words, in the last searches alone', () => {
    const typos = { num_typos: 2, min_len_1typo: 4, min_len_2typo: 8 };
    for (const { rank, pages } of planned('anna smih')) {
      expect(pages[0]).toMatchObject(rank === RANKS.typo ? typos : { num_typos: 0 });
      expect(pages[0]).toMatchObject({ drop_tokens_threshold: 0 });
    }
  });

  test('takes the last word as a prefix until a space follows it', () => {
    expect(planned('maren').at(-1)?.pages[0]?.prefix).toBe(true);
    expect(planned('maren ').at(-1)?.pages[0]?.prefix).toBe(false);
  });

  test('reaches as deep as is asked for, in steps that the server allows', () => {
    const steps = planned('maren', 480)[0]?.pages.map(({ offset, limit }) => [offset, limit]);
    expect(steps).toEqual([
      [0, 250],
      [250, 250],
    ]);
  });

  test('lets no sign of a username be one of the query language', () => {
    const bySign = (text: string) => planned(text).some(({ rank }) => rank === RANKS.handleStart);
    for (const text of ['-maren', 'ma"ren"']) expect(bySign(text)).toBe(false);
    expect(bySign('ma-ren')).toBe(true);
  });

  test('asks for no exact username that cannot be written', () => {
    const query = { ...parseQuery('maren'), handle: 'mar`en' };
    const plan = planSearches('users', 'alias', { query, viewerFilter: PUBLIC_FILTER, offset: 0, limit: 20 });
    expect(plan.map(({ rank }) => rank)).not.toContain(RANKS.exact);
  });
});
