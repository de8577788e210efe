/**
 * The number of edits between two words: inserted, deleted or replaced letters, or swapped neighbours (optimal string
 * alignment). Only cells within `most` of the diagonal are computed (Ukkonen 1985), because others cannot lead to a
 * result. The rows are reused between calls, because one search compares hundreds of words.
 *
 * @param most the largest distance of interest
 * @param prefix whether `word` may be longer than what was typed. The result is then the distance to its nearest prefix
 * @returns at most `most`, or `most + 1` for more
 */
export function editDistance(typed: string, word: string, most: number, prefix = false): number {
  reserve(Math.max(typed.length, word.length) + 2);
  const height = readLetters(typed, a);
  const letters = readLetters(word, b);
  const tooFar = most + 1;
  if (height - letters > most || (!prefix && letters - height > most)) return tooFar;
  const width = Math.min(letters, height + most);
  let [before, previous, current] = rows;
  for (let column = 0; column <= Math.min(width, tooFar); column++) previous[column] = column;
  let least = 0;
  for (let row = 1; row <= height; row++) {
    const from = Math.max(1, row - most);
    const to = Math.min(width, row + most);
    current[from - 1] = from === 1 ? row : tooFar;
    least = current[from - 1]!;
    for (let column = from; column <= to; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, before[column - 2]! + 1);
      current[column] = cost;
      if (cost < least) least = cost;
    }
    if (least > most) return tooFar;
    current[to + 1] = tooFar;
    [before, previous, current] = [previous, current, before];
  }
  return Math.min(prefix ? least : previous[letters]!, tooFar);
}

let a = new Uint32Array(64);
let b = new Uint32Array(64);
let rows: [Uint32Array, Uint32Array, Uint32Array] = [new Uint32Array(64), new Uint32Array(64), new Uint32Array(64)];

function reserve(length: number): void {
  if (length <= a.length) return;
  a = new Uint32Array(length);
  b = new Uint32Array(length);
  rows = [new Uint32Array(length), new Uint32Array(length), new Uint32Array(length)];
}

/** @returns the number of letters, in code points */
function readLetters(text: string, into: Uint32Array): number {
  let count = 0;
  for (let unit = 0; unit < text.length; unit++) {
    const letter = text.codePointAt(unit)!;
    into[count++] = letter;
    if (letter > 0xffff) unit++;
  }
  return count;
}
