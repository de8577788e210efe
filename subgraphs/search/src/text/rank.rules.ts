import type { CollectionName, Documents } from '#index-store/documents.ts';
import { handleFields, hashtagFields, type IndexedFields, postFields, userFields } from './fields.rules.ts';
import type { ParsedQuery } from './query.rules.ts';

/** How well a hit fits, the best first: orders hits of several collections among each other. */
export const RANKS = { exact: 0, sameLetters: 1, prefix: 2, words: 3, typo: 4 } as const;
export type Rank = (typeof RANKS)[keyof typeof RANKS];

type FieldsOf = { [Name in CollectionName]: (document: Documents[Name]) => IndexedFields };

const FIELDS: FieldsOf = { users: userFields, hashtags: hashtagFields, posts: postFields };

/** What a document is called. */
const HANDLES: { [Name in CollectionName]: (document: Documents[Name]) => string | null } = {
  users: ({ username }) => username,
  hashtags: ({ id }) => id,
  posts: () => null,
};

export function fieldsOf<Name extends CollectionName>(collection: Name, document: Documents[Name]): IndexedFields {
  return FIELDS[collection](document);
}

/** Of a document that a driver found: what fits in no stricter way does so within typos. */
export function rankOf<Name extends CollectionName>(
  collection: Name,
  document: Documents[Name],
  query: ParsedQuery,
): Rank {
  const fields = fieldsOf(collection, document);
  return rankOfHandle(fields, query) ?? (hasWords(fields.words, query) ? RANKS.words : RANKS.typo);
}

/** The same of a document that has all words of the query: a page is ranked without reading its texts again. */
export function rankOfFitting<Name extends CollectionName>(
  collection: Name,
  document: Documents[Name],
  query: ParsedQuery,
): Rank {
  const handle = HANDLES[collection](document);
  return (handle === null ? null : rankOfHandle(handleFields(handle), query)) ?? RANKS.words;
}

function rankOfHandle({ handle, key }: Pick<IndexedFields, 'handle' | 'key'>, query: ParsedQuery): Rank | null {
  if (handle !== '' && handle === query.handle) return RANKS.exact;
  if (key === '' || query.key === '') return null;
  if (key === query.key) return RANKS.sameLetters;
  return key.startsWith(query.key) ? RANKS.prefix : null;
}

function hasWords(words: readonly string[], { words: asked, lastIsPrefix }: ParsedQuery): boolean {
  return asked.every(
    (word, index) =>
      words.includes(word) || (lastIsPrefix && index === asked.length - 1 && words.some((own) => own.startsWith(word))),
  );
}
