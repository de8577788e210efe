/** Control characters other than line breaks and tabs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** Characters that override the direction of the following text (UAX #9, 2.2). */
const DIRECTION_OVERRIDE = /[\u202d\u202e]/;
const DIRECTION_MARKS = /[\u202a\u202b\u202c\u2066-\u2069]/g;
const EMBEDDING_END = '\u202c';
const ISOLATE_END = '\u2069';
const EMBEDDING_STARTS = new Set(['\u202a', '\u202b']);

/**
 * Characters that leave no mark on the screen: spaces, ignorable characters (UAX #44), the empty braille pattern,
 * Hangul fillers.
 */
const INVISIBLE = /[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/gu;

/**
 * More marks on one letter than any script uses. Towers are built from marks that all scripts share. Of marks that
 * belong to a script, Tibetan and Burmese put the most on one letter, up to eight.
 */
const TOWER = /(?:[\p{Script=Inherited}&&\p{M}]{5}|\p{M}{9})/v;

/** The limits of a caption, a comment and the text of a share. The length is in code points, after normalisation. */
export const TEXT_LIMITS = { length: 2200, hashtags: 30, mentions: 20 } as const;

/** The message for a text that `isHarmfulText` refuses. */
export const HARMFUL_TEXT_MESSAGE =
  'Remove control characters, invisible text, characters that change the text direction, and letters with more than 4 stacked marks.';

/** A text as it is stored: composed, with one kind of line break. */
export function normaliseText(text: string): string {
  return text.normalize('NFC').replaceAll(/\r\n?/g, '\n');
}

/**
 * Whether a text would disturb the text around it, or shows nothing although it is not empty: control characters,
 * direction overrides, unclosed direction marks, only invisible characters, towers of marks. Texts of only spaces pass,
 * because that depends on the field.
 *
 * @param text from `normaliseText`
 */
export function isHarmfulText(text: string): boolean {
  return (
    CONTROL.test(text) ||
    DIRECTION_OVERRIDE.test(text) ||
    TOWER.test(text) ||
    hasOpenDirection(text) ||
    isInvisible(text)
  );
}

/** Whether a direction change is not closed in the text, or closes one that began before it. */
function hasOpenDirection(text: string): boolean {
  const open: string[] = [];
  for (const [mark] of text.matchAll(DIRECTION_MARKS)) {
    if (mark !== EMBEDDING_END && mark !== ISOLATE_END) {
      open.push(EMBEDDING_STARTS.has(mark) ? EMBEDDING_END : ISOLATE_END);
    } else if (open.pop() !== mark) return true;
  }
  return open.length > 0;
}

function isInvisible(text: string): boolean {
  return text.trim() !== '' && text.replaceAll(INVISIBLE, '') === '';
}

/** Whether a text fits a single line: no line breaks, paragraph breaks or tabs. */
export function isOneLine(text: string): boolean {
  return !/[\r\n\t\u2028\u2029]/.test(text);
}

/** In code points, like `varchar(n)`. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}
