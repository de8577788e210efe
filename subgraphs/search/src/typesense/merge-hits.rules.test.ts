import { expect, test } from 'vitest';
import type { UserDocument } from '#index-store/documents.ts';
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
    found.map(([rank, documents]) => ({ rank: RANKS[rank], bySign: false, documents })),
  ).map(({ username }) => username);

test('shows each hit once, where it fits best', () => {
  const [exact, prefix] = [person('1', 'maren'), person('2', 'marenka')];
  expect(merged('maren', ['exact', [exact]], ['prefix', [prefix, exact]], ['words', [prefix]])).toEqual([
    'maren',
    'marenka',
  ]);
});

test('passes over what fits worse than its search says', () => {
  const other = person('1', 'ma.ren');
  expect(merged('maren', ['exact', [other]], ['sameLetters', [other]])).toEqual(['ma.ren']);
  expect(merged('maren', ['exact', [other]])).toEqual([]);
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
