import { editDistance } from '#text/distance.rules.ts';
import type { IndexedFields } from '#text/fields.rules.ts';
import { NICKNAMES } from '#text/nicknames.ts';
import type { ParsedQuery } from '#text/query.rules.ts';
import { editsOf } from '#text/words.rules.ts';

/**
 * Whether a document fits the query within the typos that are allowed, or by nicknames. The server says so too, but where its tokenizer
 * leaves nothing of a query it gives everything there is, and where it finds nothing it tries words cut in two.
 */
export function fitsWithTypos({ key, words }: IndexedFields, query: ParsedQuery): boolean {
  if (key !== '' && query.key !== '' && isNear(query.key, key, query.lastIsPrefix)) return true;
  return query.words.every((typed, index) => {
    const isPrefix = query.lastIsPrefix && index === query.words.length - 1;
    return words.some((word) => isNear(typed, word, isPrefix) || isNickname(typed, word));
  });
}

function isNear(typed: string, word: string, isPrefix: boolean): boolean {
  const edits = editsOf(typed);
  return editDistance(typed, word, edits, isPrefix) <= edits;
}

function isNickname(typed: string, word: string): boolean {
  return NICKNAMES.some((names) => names.includes(typed) && names.includes(word));
}
