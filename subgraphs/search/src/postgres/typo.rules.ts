import { editDistance } from '#text/edit-distance.rules.ts';
import type { ParsedQuery, QueryWord } from '#text/query.rules.ts';
import { allowedEdits } from '#text/tokens.rules.ts';
import { matchOf } from './match.rules.ts';
import { allOf, anyOf, term } from './tsquery.rules.ts';

/** The most words of the index that may replace a typed word. More would mean nothing. */
const MOST = 60;

/** A typed word and a correction of it. */
export type Correction = { one: string[]; two: string[]; beginnings: string[] };

/**
 * Sorts words of the index by their distance from the typed word, and drops those that are too far.
 *
 * @param candidates words that may be near
 */
export function correct(typed: string, candidates: readonly string[], lastIsPrefix: boolean): Correction {
  const edits = allowedEdits(typed);
  const found: Correction = { one: [], two: [], beginnings: [] };
  for (const word of candidates) {
    const distance = editDistance(typed, word, edits);
    if (distance === 1) found.one.push(word);
    else if (distance === 2 && edits === 2) found.two.push(word);
    else if (distance > edits && lastIsPrefix && editDistance(typed, word, edits, true) <= edits) {
      found.beginnings.push(word);
    }
  }
  const byLength = (words: string[]) => words.sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, MOST);
  return { one: byLength(found.one), two: byLength(found.two), beginnings: byLength(found.beginnings) };
}

/**
 * Three queries, each wider than the one before: every word right or one edit away; two edits; a prefix of a longer
 * word with edits. If the query has several words, it also counts as one word: `anna smih` may be the username
 * annasmith.
 *
 * @param corrections by typed word
 * @returns null if nothing was corrected, because the queries would find nothing new
 */
export function typoQueries(
  query: ParsedQuery,
  corrections: ReadonlyMap<string, Correction>,
): [string, string, string] | null {
  if (
    [...corrections.values()].every(({ one, two, beginnings }) => one.length + two.length + beginnings.length === 0)
  ) {
    return null;
  }
  const level = (pick: (correction: Correction) => string[]) => {
    const partOf = (asked: QueryWord) => {
      const correction = corrections.get(asked.word);
      const others = correction ? pick(correction) : [];
      return anyOf([matchOf(asked), ...others.map((other) => term(other))]);
    };
    const words = allOf(query.words.map(partOf));
    const whole = corrections.get(query.key);
    const joined = query.words[0]?.word !== query.key && whole ? pick(whole).map((word) => term(word)) : [];
    return anyOf([words, ...joined]);
  };
  return [
    level(({ one }) => one),
    level(({ one, two }) => [...one, ...two]),
    level(({ one, two, beginnings }) => [...one, ...two, ...beginnings]),
  ];
}
