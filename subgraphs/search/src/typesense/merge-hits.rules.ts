import type { CollectionName, Documents } from '#index-store/documents.ts';
import type { ParsedQuery } from '#text/query.rules.ts';
import { type Rank, rankOf } from '#text/rank.rules.ts';

/** What one planned search found, the best first. */
export type Found<Name extends CollectionName> = { rank: Rank; strict: boolean; documents: readonly Documents[Name][] };

/**
 * Each document once, where it fits best. A hit of a strict search that does not fit as well as the search says (the server's tokenizer
 * read a sign differently) is passed over: a wider search has it too.
 */
export function mergeHits<Name extends CollectionName>(
  collection: Name,
  query: ParsedQuery,
  found: readonly Found<Name>[],
): Documents[Name][] {
  const merged = new Map<string, Documents[Name]>();
  for (const { rank, strict, documents } of found) {
    for (const document of documents) {
      if (merged.has(document.id)) continue;
      if (strict && rankOf(collection, document, query) > rank) continue;
      merged.set(document.id, document);
    }
  }
  return [...merged.values()];
}
