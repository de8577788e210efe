import type { CollectionName, Documents } from '#index-store/documents.ts';
import { hashtagFields, type IndexedFields, postFields, userFields } from './fields.rules.ts';
import type { ParsedQuery } from './query.rules.ts';

/** How well a hit fits, the best first: orders hits of several collections among each other. */
export const RANKS = { exact: 0, sameLetters: 1, prefix: 2, words: 3, typo: 4 } as const;
export type Rank = (typeof RANKS)[keyof typeof RANKS];

type FieldsOf = { [Name in CollectionName]: (document: Documents[Name]) => IndexedFields };

const FIELDS: FieldsOf = { users: userFields, hashtags: hashtagFields, posts: postFields };

export function fieldsOf<Name extends CollectionName>(collection: Name, document: Documents[Name]): IndexedFields {
  return FIELDS[collection](document);
}

/** Of a document that a driver found: what fits in no stricter way does so within typos. */
export function rankOf<Name extends CollectionName>(
  collection: Name,
  document: Documents[Name],
  query: ParsedQuery,
): Rank {
  const { handle, key, words } = fieldsOf(collection, document);
  if (handle !== '' && handle === query.handle) return RANKS.exact;
  if (key !== '' && query.key !== '') {
    if (key === query.key) return RANKS.sameLetters;
    if (key.startsWith(query.key)) return RANKS.prefix;
  }
  return hasWords(words, query) ? RANKS.words : RANKS.typo;
}

function hasWords(words: readonly string[], { words: asked, lastIsPrefix }: ParsedQuery): boolean {
  return asked.every(
    (word, index) =>
      words.includes(word) || (lastIsPrefix && index === asked.length - 1 && words.some((own) => own.startsWith(word))),
  );
}
