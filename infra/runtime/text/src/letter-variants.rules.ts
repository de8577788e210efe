/**
 * Forms of a letter or sign that differ between keyboards and languages but not between words. Arabic, Persian and Urdu
 * have different code points for the same kaf, yeh, heh and teh marbuta. Letters that distinguish words in some
 * language stay: an alef maksura is not a yeh (على and علي are two Arabic words), and a swash kaf is not a kaf (Sindhi
 * has both).
 */
const VARIANTS: Readonly<Record<string, string>> = {
  '\u06a9': '\u0643',
  '\u06cc': '\u064a',
  '\u06c1': '\u0647',
  '\u06c3': '\u0629',
  // Heh with a hamza above may be one character or two, and Unicode decomposes these into different letters.
  '\u06c0': '\u0647\u0654',
  '\u06c2': '\u0647\u0654',
  // Alef with wasla.
  '\u0671': '\u0627',
  // The tatweel only stretches a line.
  '\u0640': '',
  // Windows has this form of the wave dash, after compatibility normalisation.
  '\u301c': '~',
};
/**
 * Arabic signs for vowels, doubled letters and the superscript alef, which most writers leave out. Points of Hebrew
 * stay: in Yiddish they distinguish letters.
 */
const HARAKAT = /[\u064b-\u0652\u0670]/g;
const VARIANT = new RegExp(`[${Object.keys(VARIANTS).join('')}]`, 'g');
const DIGIT = /(?![0-9])\p{Nd}/gu;
const IS_DIGIT = /^\p{Nd}$/u;

/**
 * The text with one form of each letter, without harakat, and with 0 to 9 for the digits of all scripts. Expects
 * normalised text (NFKC or NFKD).
 */
export function foldVariants(text: string): string {
  return text
    .replace(HARAKAT, '')
    .replace(VARIANT, (letter) => VARIANTS[letter]!)
    .replace(DIGIT, (digit) => String(digitValue(digit)));
}

/** The ten digits of a script are contiguous in Unicode, beginning with zero. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0)!;
  let value = 0;
  while (IS_DIGIT.test(String.fromCodePoint(code - value - 1))) value++;
  return value % 10;
}
