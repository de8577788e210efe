import { editDistance } from '#text/edit-distance.rules.ts';
import type { ParsedQuery, QueryWord } from '#text/query.rules.ts';
import { allowedEdits } from '#text/tokens.rules.ts';
import { matchOf } from './match.rules.ts';
import { allOf, anyOf, term } from './tsquery.rules.ts';

/** Words of the index that may take the place of one that was typed; more than these say nothing any more. */
const MOST = 60;

/** A word that was typed and what it may have been meant to be. */
export type Correction = { one: string[]; two: string[]; beginnings: string[] };

/**
 * Sorts words of the index by how far they are from what was typed, and drops what is too far.
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
 * Three questions, each wider than the one before: every word right or one edit away, two edits, the beginning of a longer word with
 * edits. The whole query as one word counts too, where it has several: `anna smih` may be the username annasmith.
 *
 * @param corrections by typed word
 * @returns null where nothing was corrected, so that nothing new would be found
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
