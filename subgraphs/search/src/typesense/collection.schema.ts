import type { CollectionCreateSchema } from 'typesense/lib/Typesense/Collections.js';
import { type CollectionName, type Documents, type Ownership, ownerOf } from '#search-index/documents.ts';
import { ANALYSER } from '#text/analyser.ts';
import type { IndexedFields } from '#text/fields.rules.ts';
import { fieldsOf } from '#text/rank.rules.ts';

/**
 * Indexed fields beside the document itself: words to search for, and whom it is hidden from. Typesense stores fields
 * that the schema does not name, and does not index them.
 */
export type TypesenseDocument<Name extends CollectionName = CollectionName> = Documents[Name] &
  IndexedFields &
  Ownership;

/** Left out of responses. */
export const INDEX_FIELDS = ['handle', 'key', 'names', 'words', 'owner', 'restricted'] as const;

export function toTypesense<Name extends CollectionName>(
  collection: Name,
  document: Documents[Name],
): TypesenseDocument<Name> {
  return { ...document, ...fieldsOf(collection, document), ...ownerOf(collection, document) };
}

/**
 * Texts are already folded into words, so the server's tokenizer has nothing to decide. The exception is the handle,
 * whose dots and underscores it would drop. If more words begin with a prefix than are searched, the words with the
 * most popular documents are used.
 *
 * @param synonymSet name of the set of nicknames, or null
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
