import { describe, expect, test } from 'vitest';
import { extractHashtags, extractMentions } from './entities.rules.ts';

describe('hashtags', () => {
  test.each([
    ['The fog stayed. #sea #fog', ['sea', 'fog']],
    ['#One#two', ['one', 'two']],
    ['#sea and again #SEA', ['sea']],
    ['#2026 #2026goals', ['2026goals']],
    ['#été #日本 #Привет', ['été', '日本', 'привет']],
    ['＃full', ['full']],
    ['a#b http://example.org/#top &#39;', []],
    ['#, # sea, #!', []],
  ])('of %j are %j', (text, tags) => {
    expect(extractHashtags(text)).toEqual(tags);
  });

  test('are found in linear time', () => {
    expect(extractHashtags('#a'.repeat(1100))).toEqual(['a']);
    expect(extractHashtags(`#${'a'.repeat(2199)}`)).toEqual([]);
  });
});

describe('mentions', () => {
  test.each([
    ['@anna look', ['anna']],
    ['(@an.na), @bob.', ['an.na', 'bob']],
    ['@anna @ANNA', ['ANNA']],
    ['me@example.org', []],
    ['@..a @a..b @', []],
    [`@${'a'.repeat(31)}`, []],
  ])('of %j are %j', (text, names) => {
    expect(extractMentions(text)).toEqual(names);
  });
});
