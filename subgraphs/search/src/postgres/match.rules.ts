import { alternativesOf, type ParsedQuery, type QueryWord } from '#text/query.rules.ts';
import { allOf, anyOf, term } from './tsquery.rules.ts';

/** Tsqueries for what fits a query without typos. */
export type Matches = {
  /** Documents with that very name. */
  name: string;
  /** Documents with each word. */
  whole: string;
  /** The same with the last word as a beginning; null where that finds no more. */
  started: string | null;
};

export function matchesOf(query: ParsedQuery): Matches {
  const ways = alternativesOf(query);
  return {
    name: term(nameWord(query.key)),
    whole: anyOf(ways.map((way) => allOf(way.flatMap(({ terms }) => terms.map((one) => term(one)))))),
    started: ways.some((way) => way.at(-1)?.isPrefix) ? anyOf(ways.map((way) => allOf(way.map(matchOf)))) : null,
  };
}

/** A word with all its terms, or what it is the beginning of. */
export function matchOf({ terms, isPrefix }: QueryWord): string {
  return allOf(terms.map((one) => term(one, isPrefix)));
}

/** How a whole name stands among the words of a document: with a sign that no word has. */
export function nameWord(name: string): string {
  return `${NAME_SIGN}${name}`;
}

export function isNameWord(word: string): boolean {
  return word.startsWith(NAME_SIGN);
}

const NAME_SIGN = '=';
