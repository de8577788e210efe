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
  ['STRAẞE', 'strasse'],
  ['ΟΔΟΣ', 'οδοσ'],
  ['οδος', 'οδοσ'],
  ['İzmir', 'izmir'],
  ['ısparta', 'ısparta'],
  ['می\u200cخواهم', 'ميخواهم'],
  ['ایرانی', 'ايراني'],
  ['کتاب', 'كتاب'],
  ['كـــتاب', 'كتاب'],
  ['علي', 'علي'],
  ['مُحَمَّد', 'محمد'],
  ['رَحْمٰن', 'رحمن'],
  ['القُرْآن', 'القرآن'],
  ['שָׁלוֹם', 'שָׁלוֹם'.normalize('NFKC')],
  ['على', 'على'],
  ['ۀ', 'هٔ'],
  ['سال۱۴۰۳', 'سال1403'],
  ['سال١٤٠٣', 'سال1403'],
  ['ラ〜メン', 'ラ~メン'],
  ['ラ～メン', 'ラ~メン'],
  ['ﾊｯｼｭﾀｸﾞ', 'ハッシュタグ'],
  ['❤\ufe0flove', '❤love'],
  ['한국', '한국'],
  ['한국'.normalize('NFD'), '한국'],
  ['바보ㅋㅋ', '바보ㅋㅋ'],
  ['ﾌﾌ ㅠㅠ', 'フフㅠㅠ'],
  ['닭ㄳ', '닭ㄳ'],
  ['ᄒᆞᆫ글', 'ᄒᆞᆫ글'],
])('the key of %j is %j', (name, key) => {
  expect(hashtagKey(name)).toBe(key);
});

test('the key of a key is itself, and composed', () => {
  const expectStable = (name: string) => {
    const key = hashtagKey(`x${name}`);
    expect(hashtagKey(key), name).toBe(key);
    expect(key.normalize('NFC'), name).toBe(key);
  };
  // The last letter of Unicode.
  for (let code = 0; code <= 0x323af; code++) expectStable(String.fromCodePoint(code));
  fc.assert(fc.property(fc.string({ unit: 'binary' }), expectStable), { numRuns: 2000 });
  const jamo = fc.constantFrom(...'ㄱㅏㄳㅋㆍ가각각ᆞᄏﾡ㈀ㅤ');
  fc.assert(fc.property(fc.string({ unit: jamo, maxLength: 6 }), expectStable), { numRuns: 2000 });
});
