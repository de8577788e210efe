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
    return [{ start: 0, end: endOf(text, keyOf, query.key.length) }];
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
  const isRun = parts.length > 1;
  return words.flatMap((asked, index) => {
    if (isRun) return asked.length > 1 || words.length === 1 ? occurrences(word, folded, asked) : [];
    const mayGoOn = lastIsPrefix && index === words.length - 1;
    if (folded === asked) return [{ start: 0, end: word.length }];
    if (mayGoOn && folded.startsWith(asked)) return [{ start: 0, end: endOf(word, foldText, asked.length) }];
    const edits = editsOf(asked);
    const fits = edits > 0 && editDistance(asked, folded, edits, mayGoOn) <= edits;
    return fits ? [{ start: 0, end: word.length }] : [];
  });
}

function occurrences(word: string, folded: string, asked: string): Range[] {
  const found: Range[] = [];
  for (let at = folded.indexOf(asked); at >= 0; at = folded.indexOf(asked, at + 1)) {
    found.push({ start: endOf(word, foldText, at), end: endOf(word, foldText, at + asked.length) });
  }
  return found;
}

/** How much of a text it takes for so many folded letters, with the accents behind the last one. */
function endOf(text: string, fold: (part: string) => string, length: number): number {
  if (length === 0) return 0;
  let end = 0;
  for (const letter of text) {
    if (fold(text.slice(0, end)).length >= length && !/^\p{M}$/u.test(letter)) break;
    end += letter.length;
  }
  return end;
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
