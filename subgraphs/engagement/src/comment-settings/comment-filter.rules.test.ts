import { expect, test } from 'vitest';
import { checkFilter, compileFilter } from './comment-filter.rules.ts';

test.each([
  ['What a SPAM!', 'spam'],
  ['Ｓｐａｍ', 'spam'],
  ['antispam spam', 'spam'],
  ['sp4m and s p a m', 'Spam'],
  ['please buy now, quick', 'buy now'],
  ['buy  now', 'Buy Now'],
  ['BUY, N0W', 'buy now'],
  ['don’t', "don't"],
  ['a black-and-white cat', 'black and white'],
  ['spammers', 'spam*'],
  ['buy nowadays', 'buy now*'],
  ['바보야', '바보'],
  ['나쁜 바보들이 ㅋㅋ', '나쁜 바보'],
  ['바보ㅋㅋ', '바보'],
  ['ㅋㅋ', 'ㅋㅋ'],
  ['والكلب هنا', 'كلب'],
  ['الكلب القذر', 'كلب قذر'],
  ['東京に行きます', '東京'],
  ['死にました', '死'],
  ['so bad🤮🤮', '🤮'],
  ['I like C++.', 'c++'],
  ['#Tag', '#tag'],
  ['k', 'K'],
])('%j is hidden by %j', (text, word) => {
  expect(compileFilter([word])(text)).toBe(true);
});

test.each([
  ['spammers', 'spam'],
  ['buyer now', 'buy now'],
  ['now buy', 'buy now'],
  ['buy', 'buy now'],
  ['바보상자', '바보'],
  ['c', 'c++'],
  ['#tags', '#tag'],
  ['kk', 'k'],
])('%j is not hidden by %j', (text, word) => {
  expect(compileFilter([word])(text)).toBe(false);
});

test('without words, nothing is hidden', () => {
  expect(compileFilter([])('anything')).toBe(false);
});

test('words are kept each once, as they were first written', () => {
  expect(checkFilter(['Spam', 'spam ', 'Buy Now', 'buy-now', '🤮', '🤮', 'spam*'])).toEqual([
    'Spam',
    'Buy Now',
    '🤮',
    'spam*',
  ]);
});

test('words can be shown: composed, and with the letters that were typed', () => {
  const written = ['바보ㅋㅋ', 'Straße', 'Cafe\u0301', '한국'.normalize('NFD')];
  expect(checkFilter(written)).toEqual(['바보ㅋㅋ', 'Straße', 'Café', '한국']);
});

test.each([
  [['fine', ' '], ['TEXT_REQUIRED words.1']],
  [
    ['a'.repeat(51), 'fine', 'a\u0000b'],
    ['TEXT_TOO_LONG words.0', 'TEXT_INVALID words.2'],
  ],
  [Array.from({ length: 101 }, (_, index) => `a${index}`), ['TOO_MANY_WORDS words']],
])('words are refused: %#', (words, expected) => {
  const checked = checkFilter(words);
  const errors = 'errors' in checked ? checked.errors : [];
  expect(errors.map(({ code, path }) => `${code} ${path.slice(1).join('.')}`)).toEqual(expected);
});
