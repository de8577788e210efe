import { describe, expect, test } from 'vitest';
import { parseBannedWord } from './banned-word.rules.ts';

describe('a banned word is', () => {
  test.each([
    ['Word', 'word', false],
    ['  Word* ', 'word', true],
    ['wo\u200brd', 'word', false],
    ['東京', '東京', false],
    ['88', '88', false],
    ['바보ㅋㅋ', '바보ㅋㅋ', false],
    ['바보'.normalize('NFD'), '바보', false],
  ])('%j', (text, key, isPrefix) => expect(parseBannedWord(text)).toEqual({ keys: [key], isPrefix }));

  test.each([
    '',
    '*',
    'a',
    'a*',
    '死',
    'two words',
    'a-b',
    '#tag',
    'w*d',
    '**',
    'x'.repeat(51),
    '🌊',
    '\0\0',
    `a5${'\u0301'.repeat(9)}`,
  ])('not %j', (text) => expect(parseBannedWord(text)).toBeNull());
});
