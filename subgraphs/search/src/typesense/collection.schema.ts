import type { CollectionCreateSchema } from 'typesense/lib/Typesense/Collections.js';
import { type CollectionName, type Documents, type Ownership, ownerOf } from '#search-index/documents.ts';
import { ANALYSER } from '#text/analyser.ts';
import type { IndexedFields } from '#text/fields.rules.ts';
import { fieldsOf } from '#text/rank.rules.ts';

/**
 * What is kept of a document beside itself: words to look for, and whom it is hidden from. Typesense keeps fields that the schema does
 * not name and indexes them in no way.
 */
export type TypesenseDocument<Name extends CollectionName = CollectionName> = Documents[Name] &
  IndexedFields &
  Ownership;

/** Left out of answers. */
export const INDEX_FIELDS = ['handle', 'key', 'names', 'words', 'owner', 'restricted'] as const;

export function toTypesense<Name extends CollectionName>(
  collection: Name,
  document: Documents[Name],
): TypesenseDocument<Name> {
  return { ...document, ...fieldsOf(collection, document), ...ownerOf(collection, document) };
}

/**
 * Texts come folded into words already, so that the server's own tokenizer has nothing left to decide, but for the handle, of which it
 * would drop dots and underscores. Where more words begin with a prefix than are looked at, those with the most popular document are.
 *
 * @param synonymSet name of the set of nicknames; null for collections without
 */
export function schemaOf(collection: CollectionName, name: string, synonymSet: string | null): CollectionCreateSchema {
  return {
    name,
    fields: [
      { name: 'handle', type: 'string', symbols_to_index: ['.', '_', '-'] },
      { name: 'key', type: 'string' },
      { name: 'names', type: 'string[]' },
      { name: 'words', type: 'string[]' },
      { name: 'owner', type: 'string' },
      { name: 'restricted', type: 'bool' },
      { name: 'popularity', type: 'float' },
    ],
    default_sorting_field: 'popularity',
    metadata: { collection, analyser: ANALYSER },
    ...(synonymSet === null ? {} : { synonym_sets: [synonymSet] }),
  };
}

/** Whether an older `ANALYSER` made a collection. */
export function isOutdated({ metadata = {} }: { metadata?: object }): boolean {
  return !('analyser' in metadata && Number(metadata.analyser) >= ANALYSER);
}
