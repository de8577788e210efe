import { describe, expect, test } from 'vitest';
import { checkText, checkWords, hasWord } from './comment.rules.ts';

const codes = (text: string) => {
  const checked = checkText(text);
  return 'errors' in checked ? checked.errors.map((error) => error.code) : [];
};

describe('the text of a comment', () => {
  test('is kept composed and without space around it', () => {
    expect(checkText('  e\u0301 @anna #Sea\r\n')).toEqual({
      text: 'é @anna #Sea',
      mentions: ['anna'],
      hashtags: ['sea'],
    });
  });

  test.each([
    [' \n ', ['TEXT_REQUIRED']],
    ['a'.repeat(2201), ['TEXT_TOO_LONG']],
    ['a'.repeat(10_001), ['TEXT_TOO_LONG']],
    ['a\u0000b', ['TEXT_INVALID']],
    [Array.from({ length: 21 }, (_, index) => `@a${index}`).join(' '), ['TOO_MANY_MENTIONS']],
    [Array.from({ length: 10_000 }, (_, index) => `@a${index}`).join(' '), ['TEXT_TOO_LONG']],
    [Array.from({ length: 31 }, (_, index) => `#a${index}`).join(' '), ['TOO_MANY_HASHTAGS']],
  ])('is refused: %#', (text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  test('may have as many characters as allowed, of any script', () => {
    expect(codes('😀'.repeat(2200))).toEqual([]);
  });
});

describe('words that hide comments', () => {
  test.each([
    ['What a SPAM!', ['spam'], true],
    ['spammers', ['spam'], false],
    ['buy  now', ['buy now'], false],
    ['please buy now, quick', ['buy now'], true],
    ['Ｓｐａｍ', ['spam'], true],
    ['antispam spam', ['spam'], true],
    ['anything', [], false],
  ])('%j with %j: %s', (text, words, hidden) => {
    expect(hasWord(text, words)).toBe(hidden);
  });

  test('are kept each once, in lower case', () => {
    expect(checkWords(['Spam', 'spam ', 'Buy Now'])).toEqual(['spam', 'buy now']);
  });

  test.each([
    [['fine', ' '], ['TEXT_REQUIRED words.1']],
    [
      ['a'.repeat(51), 'fine', 'a\u0000b'],
      ['TEXT_TOO_LONG words.0', 'TEXT_INVALID words.2'],
    ],
    [Array.from({ length: 101 }, (_, index) => `a${index}`), ['TOO_MANY_WORDS words']],
  ])('are refused: %#', (words, expected) => {
    const checked = checkWords(words);
    const errors = 'errors' in checked ? checked.errors : [];
    expect(errors.map(({ code, path }) => `${code} ${path.slice(1).join('.')}`)).toEqual(expected);
  });
});
