import type { CollectionName, Documents } from '#search-index/documents.ts';
import { hashtagFields, type IndexedFields, postFields, userFields } from './fields.rules.ts';
import { alternativesOf, type ParsedQuery, type QueryWord } from './query.rules.ts';

/**
 * How well a hit matches, best first: the exact name, whole words, prefixes, typos. Among prefixes, one of the handle
 * including its signs comes first, then one of its letters, then one of any word. Also orders hits of several
 * collections.
 */
export const RANKS = { exact: 0, sameName: 1, words: 2, handleStart: 3, keyStart: 4, wordStart: 5, typo: 6 } as const;
export type Rank = (typeof RANKS)[keyof typeof RANKS];

type FieldsOf = { [Name in CollectionName]: (document: Documents[Name]) => IndexedFields };

const FIELDS: FieldsOf = { users: userFields, hashtags: hashtagFields, posts: postFields };

export function fieldsOf<Name extends CollectionName>(collection: Name, document: Documents[Name]): IndexedFields {
  return FIELDS[collection](document);
}

/** For a document that a driver found. If it matches in no stricter way, it matches with typos. */
export function rankOf({ handle, key, names, words }: IndexedFields, query: ParsedQuery): Rank {
  if (handle !== '' && handle === query.handle) return RANKS.exact;
  if (query.key !== '' && (key === query.key || names.includes(query.key))) return RANKS.sameName;
  const own = new Set(words);
  const ways = alternativesOf(query);
  if (ways.some((way) => way.every(({ terms }) => terms.every((term) => own.has(term))))) return RANKS.words;
  if (key !== '' && query.key !== '' && key.startsWith(query.key)) {
    return handle.startsWith(query.handle) ? RANKS.handleStart : RANKS.keyStart;
  }
  return ways.some((way) => way.every((asked) => hasWordOrStart(own, asked))) ? RANKS.wordStart : RANKS.typo;
}

function hasWordOrStart(own: ReadonlySet<string>, { terms, start }: QueryWord): boolean {
  if (terms.every((term) => own.has(term))) return true;
  if (start === null || !start.terms.every((term) => own.has(term))) return false;
  return [...own].some((one) => one.startsWith(start.prefix));
}
