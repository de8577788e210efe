/**
 * Marks that are written above, below or within letters and that people leave out when they type: of Latin, Greek and Cyrillic, Hebrew
 * points, Arabic vowel signs and the tatweel. Not those of Indic scripts and Thai, where they are vowels and tell words apart.
 */
const MARKS =
  /[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640]/g;
/** What nobody sees: joiners, variation selectors, marks of direction, controls. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}|\p{Cf}|(?![\t\n\r])\p{Cc}|\p{Cs}/gu;
/** ASCII without controls and what stands for an apostrophe; line breaks stay what they are. */
const PLAIN = /^[\t\n\r\x20-&(-_a-~]*$/;
const APOSTROPHES = /['’‘ʼ＇`´]/g;
/** Letters with a stroke or of two letters, which Unicode does not take apart. */
const LETTERS: Readonly<Record<string, string>> = {
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
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');

/**
 * The text as it is compared: compatibility forms, case, accents, apostrophes and what is invisible do not count. Both drivers index and ask
 * with it alone. Folding what is folded changes nothing.
 */
export function foldText(text: string): string {
  // Most texts: nothing but case counts in them. The rest below would do the same at ten times the cost.
  if (PLAIN.test(text)) return text.toLowerCase();
  const cased = text.normalize('NFKC').replace(INVISIBLE, '').replace(APOSTROPHES, '').toUpperCase().toLowerCase();
  const bare = cased.replaceAll('ς', 'σ').normalize('NFD').replace(MARKS, '');
  return bare.replace(LETTER, (letter) => LETTERS[letter]!).normalize('NFKC');
}
