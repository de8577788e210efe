import { foldVariants, REGION_FLAG } from '@tintype/text';

/**
 * Marks above, below or within letters that people leave out when they type: Latin, Greek and Cyrillic accents, Hebrew
 * points and Arabic vowel signs. Marks of Indic scripts and Thai are vowels and distinguish words, so they stay.
 */
const MARKS =
  /[\u0300-\u036f\u1ab0-\u1ace\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08ca-\u08ff]/g;
/** Invisible characters: joiners, variation selectors, direction marks, control characters. */
const INVISIBLE = new RegExp(
  String.raw`(${REGION_FLAG})|\p{Default_Ignorable_Code_Point}|\p{Cf}|(?![\t\n\r])\p{Cc}|\p{Cs}`,
  'gu',
);
/** ASCII without control characters and the grave accent, which stands for an apostrophe. Line breaks stay. */
const PLAIN = /^[\t\n\r\x20-_a-~]*$/;
/** Apostrophes, primes, standalone accents, half rings and okinas; the Armenian apostrophe, geresh and gershayim. */
const APOSTROPHES =
  /[`\u00b4\u02b9-\u02bf\u02c8\u02ca\u02cb\u0374\u0384\u055a\u05f3\u05f4\u07f4\u07f5\u1fbd\u1fef\u1ffd\u2018-\u201b\u2032\u2035\ua78b\ua78c\uff07]/g;
const HYPHENS = /[\u058a\u05be\u2010-\u2013\u2212]/g;
const MIDDLE_DOTS = /[\u0387\u2027\u2219\u22c5]/g;

/** Letters that people type as other letters, and that Unicode does not decompose. */
const LETTERS: Readonly<Record<string, string>> = {
  // Letters with a stroke, and ligatures.
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
  // Variants of alef, kaf, yeh, heh and teh marbuta that people type for each other.
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
 * The form in which texts are compared: without differences of compatibility forms, case, accents, apostrophes, digits,
 * kana syllabaries and invisible characters. Both drivers index and query this form only. Folding is idempotent.
 *
 * Any change here, or to how words are made, needs a new `ANALYSER`.
 */
export function foldText(text: string): string {
  // The fast path for most texts, in which only case matters. The code below gives the same result at ten times the
  // cost.
  if (PLAIN.test(text)) return text.toLowerCase();
  // Also before the compatibility forms, which turn some of these into a space and an accent.
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
