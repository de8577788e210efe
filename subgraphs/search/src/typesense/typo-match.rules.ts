import { editDistance } from '#text/edit-distance.rules.ts';
import type { IndexedFields } from '#text/fields.rules.ts';
import { NICKNAMES } from '#text/nicknames.ts';
import type { ParsedQuery, QueryWord } from '#text/query.rules.ts';
import { allowedEdits } from '#text/tokens.rules.ts';

/**
 * Whether a document matches the query with typos or nicknames. The server checks this, too, but returns everything if
 * its tokenizer leaves nothing of the query, and tries split words if it finds nothing.
 */
export function matchesWithTypos({ key, words }: IndexedFields, query: ParsedQuery): boolean {
  const whole = { word: query.key, edits: allowedEdits(query.key), isPrefix: query.lastIsPrefix };
  if (key !== '' && query.key !== '' && isNear(whole, key)) return true;
  return query.words.every(
    (asked) =>
      asked.terms.every((term) => words.includes(term)) ||
      words.some((word) => isNear(asked, word) || isNickname(asked.word, word)),
  );
}

function isNear({ word, edits, isPrefix }: Pick<QueryWord, 'word' | 'edits' | 'isPrefix'>, other: string): boolean {
  return editDistance(word, other, edits, isPrefix) <= edits;
}

function isNickname(typed: string, word: string): boolean {
  return NICKNAMES.some((names) => names.includes(typed) && names.includes(word));
}
