import { foldVariants, REGION_FLAG } from '@tintype/text';

/**
 * Marks that are written above, below or within letters and that people leave out when they type: of Latin, Greek and Cyrillic, Hebrew
 * points and Arabic vowel signs. Not those of Indic scripts and Thai, where they are vowels and tell words apart.
 */
const MARKS =
  /[\u0300-\u036f\u1ab0-\u1ace\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08ca-\u08ff]/g;
/** What nobody sees: joiners, variation selectors, marks of direction, controls. */
const INVISIBLE = new RegExp(
  String.raw`(${REGION_FLAG})|\p{Default_Ignorable_Code_Point}|\p{Cf}|(?![\t\n\r])\p{Cc}|\p{Cs}`,
  'gu',
);
/** ASCII without controls and the grave accent, which stands for an apostrophe; line breaks stay what they are. */
const PLAIN = /^[\t\n\r\x20-_a-~]*$/;
/** Apostrophes, primes, accents that stand alone, half rings and okinas; the Armenian apostrophe, geresh and gershayim. */
const APOSTROPHES =
  /[`\u00b4\u02b9-\u02bf\u02c8\u02ca\u02cb\u0374\u0384\u055a\u05f3\u05f4\u07f4\u07f5\u1fbd\u1fef\u1ffd\u2018-\u201b\u2032\u2035\ua78b\ua78c\uff07]/g;
const HYPHENS = /[\u058a\u05be\u2010-\u2013\u2212]/g;
const MIDDLE_DOTS = /[\u0387\u2027\u2219\u22c5]/g;

/** Letters that one searches for by another, after everything that Unicode takes apart was taken apart. */
const LETTERS: Readonly<Record<string, string>> = {
  // With a stroke, or of two letters.
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  ı: 'i',
  ĸ: 'k',
  ƒ: 'f',
  ς: 'σ',
  // What is left of alef, kaf, yeh, heh and teh marbuta, where people type one letter for another.
  '\u0672': '\u0627',
  '\u0673': '\u0627',
  '\u06aa': '\u0643',
  '\u0649': '\u064a',
  '\u0629': '\u0647',
  '\u06be': '\u0647',
  '\u06d5': '\u0647',
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');
const KATAKANA = /[\u30a1-\u30f6\u30fd\u30fe]/g;
const TO_HIRAGANA = 0x60;

/**
 * The text as it is compared: compatibility forms, case, accents, kinds of apostrophes and digits and what is invisible do not count; nor
 * which of the two kana syllabaries is used. Both drivers index and ask with it alone. Folding what is folded changes nothing.
 *
 * Any change of it, and of how words are made, needs a new `ANALYSER`.
 */
export function foldText(text: string): string {
  // Most texts: nothing but case counts in them. The rest below would do the same at ten times the cost.
  if (PLAIN.test(text)) return text.toLowerCase();
  // Before the compatibility forms, too, which make some of them a space and an accent.
  const joined = foldJoiners(foldJoiners(text).normalize('NFKC')).replace(INVISIBLE, '$1');
  const bare = joined.toUpperCase().toLowerCase().normalize('NFD').replace(MARKS, '');
  return foldVariants(bare)
    .replace(LETTER, (letter) => LETTERS[letter]!)
    .replace(KATAKANA, (letter) => String.fromCharCode(letter.charCodeAt(0) - TO_HIRAGANA))
    .normalize('NFKC');
}

function foldJoiners(text: string): string {
  return text.replace(APOSTROPHES, "'").replace(HYPHENS, '-').replace(MIDDLE_DOTS, '·');
}
