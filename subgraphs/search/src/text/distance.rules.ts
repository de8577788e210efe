/**
 * Edits between two words: letters inserted, deleted, replaced, or neighbours swapped (optimal string alignment).
 *
 * @param most gives up beyond it
 * @param prefix whether `word` may go on after what was typed: the distance to its nearest beginning
 * @returns at most `most`, or `most + 1` for more
 */
export function editDistance(typed: string, word: string, most: number, prefix = false): number {
  const a = [...typed];
  const b = [...word];
  if (a.length - b.length > most || (!prefix && b.length - a.length > most)) return most + 1;
  const width = Math.min(b.length, a.length + most);
  let before: number[] = [];
  let previous = Array.from({ length: width + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= width; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, before[column - 2]! + 1);
      current.push(cost);
      least = Math.min(least, cost);
    }
    if (least > most) return most + 1;
    before = previous;
    previous = current;
  }
  return Math.min(prefix ? Math.min(...previous) : previous[b.length]!, most + 1);
}
