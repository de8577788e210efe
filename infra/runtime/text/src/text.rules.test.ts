import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isHarmfulText, lengthOf, normaliseText } from './text.rules.ts';

test('texts are kept as they are read, and normalising twice changes nothing', () => {
  expect(normaliseText('e\u0301\r\n\r')).toBe('é\n\n');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => normaliseText(normaliseText(text)) === normaliseText(text)),
  );
});

test('lengths are counted in code points', () => {
  expect(lengthOf('a😀é')).toBe(3);
});

describe('a text harms what is shown beside it', () => {
  test.each([
    ['a NUL', 'a\0b'],
    ['an escape', 'a\u001b[31m'],
    ['a forced direction', 'photo\u202egpj.exe'],
    ['a forced direction that ends', 'a\u202dbc\u202cd'],
    ['an embedding that does not end', 'a\u202bb'],
    ['an isolate that does not end', 'a\u2067b'],
    ['an end without a beginning', 'a\u2069b'],
    ['ends in the wrong order', '\u202b\u2067a\u202c\u2069'],
    ['zero-width spaces alone', '\u200b\u200b'],
    ['Hangul fillers alone', '\u3164\u3164'],
    ['an empty braille pattern', '\u2800'],
    ['joiners and selectors alone', '\u200d\ufe0f'],
    ['tags alone', '\u{e0041}\u{e0042}'],
    ['a tower of accents', `a${'\u0301'.repeat(6)}`],
    ['a tower of many accents', 'z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334'],
  ])('where it has %s', (_, text) => expect(isHarmfulText(normaliseText(text))).toBe(true));

  test.each([
    '',
    'Hello\n\tyou',
    'Đặng Thị Ngọc Ánh, đứng dưới nắng',
    'Đặng'.normalize('NFD'),
    'น้ำแข็งใสที่สี่แยก',
    'हिन्दी में क्ष्म्य',
    'မြန်မာစာ အဆင့်မြင့်',
    'བསྒྲུབས་ཧཱུྃ',
    'שָׁלוֹם עֲלֵיכֶם',
    'بِسْمِ ٱللَّٰهِ می\u200cخواهم',
    '👩\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 👍🏽 #️⃣ 🇩🇪 🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}',
    'by \u2068Dana\u2069 and \u2067דנה\u2069',
    'a\u202bשלום\u202cb',
    '   ',
  ])('and not where it is "%s"', (text) => expect(isHarmfulText(normaliseText(text))).toBe(false));

  test('nowhere in letters with up to four marks, of any script', () => {
    const letter = fc.constantFrom(...'aΩжאعกकཀက한漢');
    const mark = fc.constantFrom(...'\u0300\u0323\u0331\u05b4\u064b\u0e31\u093e\u0f71\u102d');
    const written = fc.array(
      fc.tuple(letter, fc.array(mark, { maxLength: 4 })).map(([base, marks]) => base + marks.join('')),
      { minLength: 1 },
    );
    fc.assert(fc.property(written, (letters) => !isHarmfulText(normaliseText(letters.join('')))));
  });
});
