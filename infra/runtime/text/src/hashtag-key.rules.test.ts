import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashtagKey } from './hashtag-key.rules.ts';

test.each([
  ['Sea', 'sea'],
  ['#Sea', 'sea'],
  ['＃ＳＥＡ', 'sea'],
  ['e\u0301te\u0301', 'été'],
  ['STRASSE', 'strasse'],
  ['Straße', 'strasse'],
  ['ΟΔΟΣ', 'οδοσ'],
  ['οδος', 'οδοσ'],
  ['İzmir', 'izmir'],
  ['ısparta', 'ısparta'],
  ['می\u200cخواهم', 'میخواهم'],
  ['ﾊｯｼｭﾀｸﾞ', 'ハッシュタグ'],
  ['❤\ufe0flove', '❤love'],
])('the key of %j is %j', (name, key) => {
  expect(hashtagKey(name)).toBe(key);
});

test('the key of a key is itself', () => {
  const word = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(word, (name) => hashtagKey(`x${hashtagKey(`x${name}`)}`) === `x${hashtagKey(`x${name}`)}`),
    {
      numRuns: 2000,
    },
  );
});
