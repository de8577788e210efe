import { alternativesOf, type ParsedQuery, type QueryWord } from '#text/query.rules.ts';
import { allOf, anyOf, term } from './tsquery.rules.ts';

/** Tsqueries for matches without typos. */
export type Matches = {
  /** Documents with exactly that name. */
  name: string;
  /** Documents with each word. */
  whole: string;
  /** The same with the last word as a prefix. Null if that finds nothing more. */
  started: string | null;
};

export function matchesOf(query: ParsedQuery): Matches {
  const ways = alternativesOf(query);
  return {
    name: term(nameWord(query.key)),
    whole: anyOf(ways.map((way) => allOf(way.flatMap(({ terms }) => terms.map((one) => term(one)))))),
    started: ways.some((way) => way.at(-1)?.start) ? anyOf(ways.map((way) => allOf(way.map(matchOf)))) : null,
  };
}

/** A word with all its terms, or what begins with it. */
export function matchOf({ terms, start }: QueryWord): string {
  const whole = terms.map((one) => term(one));
  return allOf(start === null ? whole : [...start.terms.map((one) => term(one)), term(start.prefix, true)]);
}

/** The form of a whole name among the words of a document: with a sign that no word contains. */
export function nameWord(name: string): string {
  return `${NAME_SIGN}${name}`;
}

export function isNameWord(word: string): boolean {
  return word.startsWith(NAME_SIGN);
}

const NAME_SIGN = '=';
