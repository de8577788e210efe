/** Signs that stand for letters. */
const SIGNS: Readonly<Record<string, string>> = {
  '@': 'a',
  $: 's',
  '!': 'i',
  '¡': 'i',
  '€': 'e',
  '£': 'l',
  '¢': 'c',
};
/**
 * In the middle of a word, and at its edge where nothing else is written so: an @ before a word is a mention, a ! after
 * it ends a sentence, and a $ after one letter is a currency.
 */
const SIGN =
  /(?<=\p{L})[@$!¡€£¢]{1,2}(?=\p{L})|(?<![\p{L}\p{N}@$!])[$!](?=\p{L}[\p{L}\p{N}])|(?<=\p{L})\$\$(?![\p{L}\p{N}$])|(?<=\p{L}{2})[@$](?![\p{L}\p{N}@$])/gu;

/** Single letters with one or two signs or spaces between each two of them. */
const SPELLED = /(?<![\p{L}\p{N}])\p{L}(?:[\s._*•·‐/|+~:-]{1,2}\p{L}){2,}(?![\p{L}\p{N}])/gu;
const MIN_SPELLED = 3;

/** Modifier letters that look like an apostrophe. */
const APOSTROPHE_LETTERS = 'ʹʻʼˈ';
const APOSTROPHE = `['’‘‛′${APOSTROPHE_LETTERS}]`;
const LETTER = String.raw`[[\p{L}\p{M}\p{N}]--[${APOSTROPHE_LETTERS}]]`;
/** Signs and pictographs that nobody writes between two words without spaces, or that join two words to one. */
const JOINER = String.raw`[${APOSTROPHE}_\u0060‐\-*^~\|"°·•+=\p{Extended_Pictographic}\p{Emoji_Modifier}]`;
/** What English writes after an apostrophe: `he'll` is not hell. */
const CONTRACTION = `${APOSTROPHE}(?:[sdmSDM]|ll|LL|re|RE|ve|VE|(?<=[nN]${APOSTROPHE})[tT])(?!${LETTER})`;
const JOINT = `(?!${CONTRACTION})${JOINER}{1,2}(?=${LETTER})`;
const JOINTS = new RegExp(JOINT, 'gv');
const JOINED = new RegExp(String.raw`(?<![\p{L}\p{M}\p{N}])${LETTER}+(?:${JOINT}${LETTER}+)+`, 'gv');
const JOINERS = new RegExp(JOINER, 'gv');

/**
 * Texts in which the words stand plainly that a bare text hides with signs for letters, with signs between letters, or
 * letter by letter. Takes linear time.
 */
export function revealedTexts(text: string): string[] {
  const decoded = text.replace(SIGN, (signs) => Array.from(signs, (sign) => SIGNS[sign]!).join(''));
  const words = [...joinedWords(text), ...spelledWords(text)];
  return [...(decoded === text ? [] : [decoded]), ...(words.length > 0 ? [words.join(' ')] : [])];
}

/** Most parts of a text have no such signs, so only what is between the spaces around them is examined. */
function joinedWords(text: string): string[] {
  const chunks = new Set<string>();
  let end = 0;
  for (const { index } of text.matchAll(JOINTS)) {
    if (index < end) continue;
    const space = text.indexOf(' ', index);
    end = space < 0 ? text.length : space;
    chunks.add(text.slice(text.lastIndexOf(' ', index) + 1, end));
  }
  return Array.from([...chunks].join(' ').matchAll(JOINED), ([word]) => word.replace(JOINERS, ''));
}

/** The words that single letters spell, also if the first or last one is a word of its own, as in `I s p a m`. */
function spelledWords(text: string): string[] {
  return Array.from(text.matchAll(SPELLED)).flatMap(([letters]) => {
    const word = letters.match(/\p{L}\p{M}*/gu)!;
    const parts = [word, word.slice(1), word.slice(0, -1), word.slice(1, -1)];
    return parts.filter(({ length }) => length >= MIN_SPELLED).map((part) => part.join(''));
  });
}
