/** Shorter words are no typo of anything: typed words may be wrong from 4 letters on, and by one letter then. */
export const MIN_TERM = 3;
/** Letters of a long word that are looked at: two words within two edits have beginnings within two edits. */
const LONG = 7;
const SHORT = [4, 5, 6, 7];

/**
 * What is left of a word of the index without one or two of its letters, as numbers. After Garbe's SymSpell (2012): two words are within n
 * edits only if they have something in common after at most n deletions in each, so that typos are found by looking up numbers. Words
 * are cut to what may have been typed so far, so that unfinished words with a typo are found too. Numbers may collide: whoever looks
 * up compares the words.
 */
export function leftoversOf(word: string): number[] {
  const letters = [...word];
  const found = new Set<string>();
  for (const length of SHORT) addDeletions(found, letters.slice(0, length), 1);
  addDeletions(found, letters.slice(0, LONG), 2);
  return hashAll(found);
}

/** The same of a word that was typed, with so many edits: one of 4 to 7 letters, two of longer ones. */
export function leftoversOfTyped(word: string, edits: 1 | 2): number[] {
  const found = new Set<string>();
  addDeletions(found, [...word].slice(0, LONG), edits);
  return hashAll(found);
}

function addDeletions(found: Set<string>, letters: readonly string[], most: number): void {
  found.add(letters.join(''));
  if (most === 0) return;
  for (let index = 0; index < letters.length; index++) {
    addDeletions(found, letters.toSpliced(index, 1), most - 1);
  }
}

function hashAll(texts: Set<string>): number[] {
  return [...new Set([...texts].map(hash))];
}

/** FNV-1a, 32 bits, signed as int4 is. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value | 0;
}
