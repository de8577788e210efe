import type { CollectionName, Documents } from '#index-store/documents.ts';
import type { ParsedQuery } from '#text/query.rules.ts';
import { fieldsOf, RANKS, type Rank, rankOf } from '#text/rank.rules.ts';
import { fitsWithTypos } from './typo-fit.rules.ts';

/** What one planned search found, the best first. */
export type Found<Name extends CollectionName> = { rank: Rank; bySign: boolean; documents: readonly Documents[Name][] };

/**
 * Each document once, where it fits best. A hit that does not fit as well as its search says (the server's tokenizer read a sign
 * differently) is passed over: where it belongs, a wider search has it too.
 */
export function mergeHits<Name extends CollectionName>(
  collection: Name,
  query: ParsedQuery,
  found: readonly Found<Name>[],
): Documents[Name][] {
  const merged = new Map<string, Documents[Name]>();
  for (const { rank, bySign, documents } of found) {
    for (const document of documents) {
      if (merged.has(document.id) || rankOf(collection, document, query) > rank) continue;
      if (bySign && !fieldsOf(collection, document).handle.startsWith(query.handle)) continue;
      if (rank === RANKS.typo && !fitsWithTypos(fieldsOf(collection, document), query)) continue;
      merged.set(document.id, document);
    }
  }
  return [...merged.values()];
}
