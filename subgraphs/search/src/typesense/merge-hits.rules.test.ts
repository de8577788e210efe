import { expect, test } from 'vitest';
import type { UserDocument } from '#search-index/documents.ts';
import { parseQuery } from '#text/query.rules.ts';
import { RANKS } from '#text/rank.rules.ts';
import { mergeHits } from './merge-hits.rules.ts';

const person = (id: string, username: string, displayName = ''): UserDocument => ({
  id,
  username,
  displayName,
  isPrivate: false,
  popularity: 0,
});
const merged = (text: string, ...found: [rank: keyof typeof RANKS, documents: UserDocument[]][]) =>
  mergeHits(
    'users',
    parseQuery(text),
    found.map(([rank, documents]) => ({ rank: RANKS[rank], documents })),
  ).map(({ document }) => document.username);

test('shows each hit once, where it fits best', () => {
  const [exact, prefix] = [person('1', 'maren'), person('2', 'marenka')];
  expect(merged('maren', ['exact', [exact]], ['handleStart', [prefix, exact]], ['wordStart', [prefix]])).toEqual([
    'maren',
    'marenka',
  ]);
});

test('passes over what fits worse than its search says', () => {
  const other = person('1', 'ma.ren');
  expect(merged('maren', ['exact', [other]], ['sameName', [other]])).toEqual(['ma.ren']);
  expect(merged('maren', ['exact', [other]])).toEqual([]);
});

test('lets popularity decide between ways to fit that are equally good', () => {
  const [one, two] = [
    { ...person('1', 'a', 'L’Œuvre'), popularity: 1 },
    { ...person('2', 'b', 'loeuvre'), popularity: 5 },
  ];
  expect(merged('l’œuvre', ['words', [one]], ['words', [two, one]])).toEqual(['b', 'a']);
});

test('passes over what no typo explains', () => {
  const [near, far] = [person('1', 'mraen'), person('2', 'else')];
  expect(merged('maren', ['typo', [far, near]])).toEqual(['mraen']);
  expect(merged('anna smih', ['typo', [person('3', 'annasmith'), person('4', 'anna')]])).toEqual(['annasmith']);
  expect(merged('phtog', ['typo', [person('5', 'photogarden')]])).toEqual(['photogarden']);
});

test('shows nicknames', () => {
  expect(merged('bill lund', ['typo', [person('1', 'smith', 'William Lund')]])).toEqual(['smith']);
});
