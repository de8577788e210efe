import { REGION_FLAG } from '@tintype/text';
import { foldText } from './fold.rules.ts';

/** A folded text that maps each letter to its index in the original. Indexes count UTF-16 code units. */
export type FoldedText = {
  text: string;
  /** Where the original letter begins and ends, for each code unit of the folded text. */
  startOf(index: number): number;
  endOf(index: number): number;
};

/** A letter with all its accents, or a Korean syllable that is written letter by letter. */
const LETTER = new RegExp(
  String.raw`[\u1100-\u115f\ua960-\ua97c][\u1160-\u11a7\ud7b0-\ud7c6]+[\u11a8-\u11ff\ud7cb-\ud7fb]*|${REGION_FLAG}|\P{M}\p{M}*|\p{M}+`,
  'gu',
);
const ASCII = /^[\t\n\r\x20-~]*$/;
/** Captions consist of few different letters. */
const REMEMBERED = 4096;
const known = new Map<string, string>();

/** Folds letter by letter in one pass: a text may be a whole caption with matches everywhere. */
export function foldWithOffsets(text: string, fold: (letter: string) => string = foldLetter): FoldedText {
  if (ASCII.test(text) && fold === foldLetter) {
    return { text: foldText(text), startOf: (index) => index, endOf: (index) => index + 1 };
  }
  const starts: number[] = [];
  const ends: number[] = [];
  let folded = '';
  for (const { 0: letter, index } of text.matchAll(LETTER)) {
    const part = fold(letter);
    folded += part;
    for (let unit = 0; unit < part.length; unit++) {
      starts.push(index);
      ends.push(index + letter.length);
    }
  }
  return { text: folded, startOf: (index) => starts[index]!, endOf: (index) => ends[index] ?? text.length };
}

function foldLetter(letter: string): string {
  const before = known.get(letter);
  if (before !== undefined) return before;
  if (known.size >= REMEMBERED) known.clear();
  const folded = foldText(letter);
  known.set(letter, folded);
  return folded;
}
