/**
 * Letters that look like Latin ones, in the form that they have after case folding. By the Latin letter. The dotless i
 * of Turkish and Azerbaijani is a Latin letter itself, and words differ by it.
 */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  a: 'аαᴀɑ',
  b: 'вβʙ',
  c: 'сϲᴄ',
  d: 'ԁᴅ',
  e: 'еεᴇ',
  f: 'ꜰƒ',
  g: 'ɢɡց',
  h: 'нһʜհ',
  i: 'іιɪ',
  j: 'јϳᴊյ',
  k: 'кκᴋ',
  l: 'ӏʟ',
  m: 'мμᴍ',
  n: 'ηɴո',
  o: 'оοᴏօ',
  p: 'рρᴘ',
  q: 'ԛզ',
  r: 'ʀ',
  s: 'ѕꜱ',
  t: 'тτᴛ',
  u: 'ᴜս',
  v: 'νѵᴠ',
  w: 'ԝᴡ',
  x: 'хχ',
  y: 'уγυʏ',
  z: 'ζᴢ',
};

const LATIN = new Map(Object.entries(LOOK_ALIKES).flatMap(([latin, others]) => [...others].map((one) => [one, latin])));
const LOOK_ALIKE = new RegExp(`[${[...LATIN.keys()].join('')}]`, 'gu');

/** The same text with Latin letters for those of other alphabets that look like them. Expects folded text. */
export function withLatinLetters(text: string): string {
  return text.replace(LOOK_ALIKE, (letter) => LATIN.get(letter)!);
}

const OTHER_LETTER = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/u;

/**
 * Whether a text has letters of other alphabets that do not look like Latin ones. So it is written in that alphabet.
 */
export function hasOtherLetters(text: string): boolean {
  return OTHER_LETTER.test(withLatinLetters(text.toLowerCase()));
}

/** Letters in a black circle or square, which Unicode does not decompose. */
const ENCLOSED = /[\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]/gu;
const ENCLOSED_A = [0x1f170, 0x1f150];

/** The same text with plain letters for those in black circles and squares. */
export function withoutEnclosures(text: string): string {
  return text.replace(ENCLOSED, (letter) => {
    const code = letter.codePointAt(0)!;
    return String.fromCodePoint(0x61 + code - ENCLOSED_A.find((first) => first <= code)!);
  });
}
