import { editDistance } from './distance.rules.ts';
import { keyOf } from './fields.rules.ts';
import { foldText } from './fold.rules.ts';
import type { ParsedQuery } from './query.rules.ts';
import { editsOf, WORD, wordsOfFolded } from './words.rules.ts';

/** UTF-16 code units. */
export type Range = { start: number; end: number };

/**
 * What of a text fits a query: words and beginnings of words, in whatever case and accents the text has them, or whole words within typos.
 *
 * @param options.isHandle whether the text is a username or hashtag, which may fit across its dots and underscores
 */
export function highlight(text: string, query: ParsedQuery, options: { isHandle?: boolean } = {}): Range[] {
  if (options.isHandle && query.key !== '' && keyOf(text).startsWith(query.key)) {
    return [beginningOf(text, keyOf, query.key.length)];
  }
  const found: Range[] = [];
  for (const { 0: word, index } of text.matchAll(WORD)) {
    for (const { start, end } of rangesIn(word, query)) found.push({ start: index + start, end: index + end });
  }
  return merge(found);
}

function rangesIn(word: string, { words, lastIsPrefix }: ParsedQuery): Range[] {
  const folded = foldText(word);
  const parts = wordsOfFolded(folded);
  if (parts.length > 1) {
    const found = words.filter((asked) => (asked.length > 1 || words.length === 1) && folded.includes(asked));
    return found.length > 0 ? occurrences(folded, found, placesOf(word, foldText)) : [];
  }
  return words.flatMap((asked, index) => {
    const mayGoOn = lastIsPrefix && index === words.length - 1;
    if (folded === asked) return [{ start: 0, end: word.length }];
    if (mayGoOn && folded.startsWith(asked)) return [beginningOf(word, foldText, asked.length)];
    const edits = editsOf(asked);
    const fits = edits > 0 && editDistance(asked, folded, edits, mayGoOn) <= edits;
    return fits ? [{ start: 0, end: word.length }] : [];
  });
}

function occurrences(folded: string, words: readonly string[], places: readonly Range[]): Range[] {
  const found: Range[] = [];
  for (const asked of words) {
    for (let at = folded.indexOf(asked); at >= 0; at = folded.indexOf(asked, at + 1)) {
      const [first, last] = [places[at], places[at + asked.length - 1]];
      if (first && last) found.push({ start: first.start, end: last.end });
    }
  }
  return found;
}

/** As much of a text as its first folded letters come of. */
function beginningOf(text: string, fold: (letter: string) => string, length: number): Range {
  return { start: 0, end: placesOf(text, fold)[length - 1]?.end ?? text.length };
}

/** A letter with all its accents. */
const LETTER = /\P{M}\p{M}*|\p{M}+/gu;

/** By folded letter, the letter of the text that it comes of. In one walk: a run may be a whole caption, and fit everywhere. */
function placesOf(text: string, fold: (letter: string) => string): Range[] {
  return Array.from(text.matchAll(LETTER)).flatMap(({ 0: letter, index }) => {
    return new Array<Range>(fold(letter).length).fill({ start: index, end: index + letter.length });
  });
}

function merge(ranges: Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else merged.push({ ...range });
  }
  return merged;
}
