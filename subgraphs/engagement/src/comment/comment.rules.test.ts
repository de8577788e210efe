import { describe, expect, test } from 'vitest';
import { checkShareText, checkText } from './comment.rules.ts';

const hasBannedWord = (text: string) => text.includes('banned');
const codes = (text: string, isNewAccount = false) => {
  const checked = checkText(text, { hasBannedWord, isNewAccount });
  return 'errors' in checked ? checked.errors.map((error) => error.code) : [];
};

describe('the text of a comment', () => {
  test('is kept composed and without space around it', () => {
    expect(checkText('  e\u0301 @anna #Sea\r\n', { hasBannedWord, isNewAccount: false })).toEqual({
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
    ['banned', ['TEXT_NOT_ALLOWED']],
    [Array.from({ length: 21 }, (_, index) => `@a${index}`).join(' '), ['TOO_MANY_MENTIONS']],
    [Array.from({ length: 10_000 }, (_, index) => `@a${index}`).join(' '), ['TEXT_TOO_LONG']],
    [Array.from({ length: 31 }, (_, index) => `#a${index}`).join(' '), ['TOO_MANY_HASHTAGS']],
  ])('is refused: %#', (text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  test('of a new account has fewer mentions and links', () => {
    const [six, two] = ['@a @b @c @d @e @f', 'https://a.example and https://b.example'];
    expect([codes(six), codes(two)]).toEqual([[], []]);
    expect([codes(six, true), codes(two, true)]).toEqual([['TOO_MANY_MENTIONS'], ['TOO_MANY_LINKS']]);
    expect(codes('@a @b @c @d @e https://a.example', true)).toEqual([]);
    const many = Array.from({ length: 21 }, (_, index) => `@a${index}`).join(' ');
    expect(codes(many, true)).toEqual(['TOO_MANY_MENTIONS']);
    expect(checkShareText(two, { hasBannedWord, isNewAccount: true })).toMatchObject({
      errors: [{ code: 'TOO_MANY_LINKS' }],
    });
  });

  test('may have as many characters as allowed, of any script', () => {
    expect(codes('😀'.repeat(2200))).toEqual([]);
  });
});
