import { growthOf } from '@tintype/testing/growth';
import { expect, test } from 'vitest';
import { extractMentions, findMentions } from './mention.rules.ts';

test.each([
  ['@anna look', ['anna']],
  ['(@an.na), @bob.', ['an.na', 'bob']],
  ['@anna @ANNA', ['ANNA']],
  ['@anna/@bob', ['anna', 'bob']],
  ['me@example.org', []],
  ['https://example.org/@anna', []],
  ['@..a @a..b @', []],
  [`@${'a'.repeat(31)} @${'a'.repeat(60)}`, []],
])('the mentions of %j are %j', (text, names) => {
  expect(extractMentions(text)).toEqual(names);
});

test.each(['@a', '@a.', '.', '@', '@a://', 'a.a/@'])('mentions are found in linear time in %s', (unit) => {
  expect(growthOf((times) => extractMentions(unit.repeat(times)), 500)).toBeLessThan(24);
});

test('mentions are found where they are, each time they are there', () => {
  const text = '🌊 @anna. and ＠Anna, not https://example.org/@anna';
  const found = findMentions(text);
  expect(found.map(({ username }) => username)).toEqual(['anna', 'Anna']);
  expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(['@anna', '＠Anna']);
});
