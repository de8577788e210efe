/**
 * Ways of writing one letter or sign that keyboards and languages differ in, and words do not. Arabic, Persian and Urdu have code points of
 * their own for the same kaf, yeh, heh and teh marbuta. Letters that tell words apart somewhere stay as they are: an alef maksura is
 * no yeh (على and علي are two words in Arabic), a swash kaf no kaf (Sindhi has both).
 */
const VARIANTS: Readonly<Record<string, string>> = {
  '\u06a9': '\u0643',
  '\u06cc': '\u064a',
  '\u06c1': '\u0647',
  '\u06c3': '\u0629',
  // Heh with a hamza above is written as one sign or as two; Unicode takes these two apart into other letters.
  '\u06c0': '\u0647\u0654',
  '\u06c2': '\u0647\u0654',
  // Alef with wasla.
  '\u0671': '\u0627',
  // The tatweel makes a line longer.
  '\u0640': '',
  // A wave dash is this one on Windows, after its compatibility form.
  '\u301c': '~',
};
const VARIANT = new RegExp(`[${Object.keys(VARIANTS).join('')}]`, 'g');
const DIGIT = /(?![0-9])\p{Nd}/gu;
const IS_DIGIT = /^\p{Nd}$/u;

/** The text with one way of writing each letter, and with 0 to 9 for the digits of all scripts. Expects normalised text (NFKC or NFKD). */
export function foldVariants(text: string): string {
  return text.replace(VARIANT, (letter) => VARIANTS[letter]!).replace(DIGIT, (digit) => String(digitValue(digit)));
}

/** Unicode keeps the ten digits of a script next to each other, the zero first. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0)!;
  let value = 0;
  while (IS_DIGIT.test(String.fromCodePoint(code - value - 1))) value++;
  return value % 10;
}
