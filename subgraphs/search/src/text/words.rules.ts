import { foldText } from './fold.rules.ts';

/** Accents belong to their letters, also where they are written apart. */
export const WORD = /[\p{L}\p{M}\p{N}]+|\p{Extended_Pictographic}/gu;
/** Scripts that are written without spaces between words. */
const RUN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+/gu;
const ASCII = /^[ -~]+$/;
/** In a run without spaces it holds for each of its words. */
const MAX_WORD = 60;

/** Words of a text, folded, in its order, each as often as it is there. */
export function wordsOf(text: string): string[] {
  return wordsOfFolded(foldText(text));
}

export function wordsOfFolded(folded: string): string[] {
  return (folded.match(WORD) ?? []).flatMap(splitRuns).map((word) => word.slice(0, MAX_WORD));
}

/**
 * Where a script has no spaces, each pair of neighbouring letters is a word, and so is the last letter: whatever part of the run is asked
 * for has its pairs in it, whichever words a dictionary would see.
 */
function splitRuns(word: string): string[] {
  if (ASCII.test(word)) return [word];
  const parts: string[] = [];
  let end = 0;
  for (const { 0: run, index } of word.matchAll(RUN)) {
    if (index > end) parts.push(word.slice(end, index));
    parts.push(...pairsOf([...run]));
    end = index + run.length;
  }
  if (end < word.length) parts.push(word.slice(end));
  return parts;
}

function pairsOf(letters: string[]): string[] {
  return letters.map((letter, index) => letter + (letters[index + 1] ?? ''));
}

/** How many letters of a word may be wrong. */
export function editsOf(word: string): 0 | 1 | 2 {
  const length = [...word].length;
  return length >= 8 ? 2 : length >= 4 ? 1 : 0;
}
