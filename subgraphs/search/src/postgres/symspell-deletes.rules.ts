/** Shorter words need no deletes: typos are allowed from 4 letters on. */
export const MIN_TERM = 3;
/** How many letters of a long word are used. If two words are within two edits, so are their beginnings. */
const LONG = 7;
const SHORT = [4, 5, 6, 7];

/**
 * The deletes of an index word: hashes of the word without one or two of its letters (SymSpell, Garbe 2012). Two words
 * are within n edits only if they have a common form after at most n deletions in each, so typos are found by looking
 * up hashes. Words are also cut to the lengths that may have been typed so far, so unfinished words with a typo are
 * found, too. Hashes may collide, so the caller compares the words.
 */
export function deletesOf(word: string): number[] {
  const letters = [...word];
  const found = new Set<string>();
  for (const length of SHORT) addDeletions(found, letters.slice(0, length), 1);
  addDeletions(found, letters.slice(0, LONG), 2);
  return hashAll(found);
}

/** The deletes of a typed word, for the number of edits that its length allows. */
export function deletesOfTyped(word: string, edits: 1 | 2): number[] {
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

/** FNV-1a, 32 bits, signed like int4. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value | 0;
}
