import { expect, test } from 'vitest';
import { extractMentions } from './mention.rules.ts';

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

test('mentions are found in linear time', () => {
  const started = performance.now();
  for (const unit of ['@a', '@a.', '.', '@', '@a://', 'a.a/@']) extractMentions(unit.repeat(20_000));
  expect(performance.now() - started).toBeLessThan(2000);
});
