import type { CollectionName } from '#index-store/documents.ts';
import { handleOf, keyOf } from './fields.rules.ts';
import { foldText } from './fold.rules.ts';
import { wordsOfFolded } from './words.rules.ts';

/** Letters of a query that are looked at: longer ones are refused before. */
export const MAX_QUERY_LENGTH = 200;
const MAX_WORDS = 12;

/** What someone typed, as it is asked for. */
export type ParsedQuery = {
  /** What a leading sign restricts it to: `@` people, `#` hashtags; null without one. */
  only: Extract<CollectionName, 'users' | 'hashtags'> | null;
  /** As `IndexedFields.handle` and `key`: of the whole text. */
  handle: string;
  key: string;
  /** Folded, each once, at most 12; empty where there is nothing to look for, and then so is the result. */
  words: string[];
  /** Whether the last word may be the beginning of one: not where a space follows it. */
  lastIsPrefix: boolean;
};

export function parseQuery(text: string): ParsedQuery {
  const folded = foldText(text);
  const sign = /^\s*([@#])/.exec(folded)?.[1];
  const bare = folded.replace(/^\s*[@#]+/, '');
  const words = [...new Set(wordsOfFolded(bare))].slice(0, MAX_WORDS);
  return {
    only: sign === '@' ? 'users' : sign === '#' ? 'hashtags' : null,
    handle: handleOf(bare),
    key: keyOf(bare),
    words,
    lastIsPrefix: !/\s$/.test(bare),
  };
}
