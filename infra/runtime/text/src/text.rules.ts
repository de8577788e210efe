/** Control characters but line breaks and tabs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** They show what follows in the other direction, whatever its letters are (UAX #9, 2.2). */
const DIRECTION_OVERRIDE = /[\u202d\u202e]/;
const DIRECTION_MARKS = /[\u202a\u202b\u202c\u2066-\u2069]/g;
const EMBEDDING_END = '\u202c';
const ISOLATE_END = '\u2069';
const EMBEDDING_STARTS = new Set(['\u202a', '\u202b']);

/** What leaves no mark on the screen: spaces, ignorable characters (UAX #44), the empty braille pattern, Hangul fillers. */
const INVISIBLE = /[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/gu;

/**
 * More marks on one letter than any script writes. Marks that all scripts share are what towers are built of; of those that belong to
 * a script, Tibetan and Burmese put the most on one letter, up to eight.
 */
const TOWER = /(?:[\p{Script=Inherited}&&\p{M}]{5}|\p{M}{9})/v;

/** A text as it is kept: composed, with one kind of line break. */
export function normaliseText(text: string): string {
  return text.normalize('NFC').replaceAll(/\r\n?/g, '\n');
}

/**
 * Whether a text would harm what is shown beside it, or shows nothing though it is not empty: control characters, directions that
 * are forced or not ended, invisible characters alone, towers of marks. Spaces alone pass: they are for each field to judge.
 *
 * @param text as `normaliseText` returns it
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

/** Whether a change of direction reaches beyond the text, or ends one that began before it. */
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

/** Whether a text fits a field of one line: without line breaks, paragraph breaks and tabs. */
export function isOneLine(text: string): boolean {
  return !/[\r\n\t\u2028\u2029]/.test(text);
}

/** In code points: what people and `varchar(n)` count. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}
