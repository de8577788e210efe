import type { CollectionName, Documents, RankedDocument } from '#search-index/documents.ts';
import type { ParsedQuery } from '#text/query.rules.ts';
import { fieldsOf, RANKS, type Rank, rankOf } from '#text/rank.rules.ts';
import { matchesWithTypos } from './typo-match.rules.ts';

/** The hits of one planned search, best first. */
export type FoundHit<Name extends CollectionName> = { rank: Rank; documents: readonly Documents[Name][] };

/**
 * Each document once, where it matches best. A hit that matches less well than its search promises (the server's
 * tokenizer read a sign differently) is skipped: a wider search has it, too.
 */
export function mergeHits<Name extends CollectionName>(
  collection: Name,
  query: ParsedQuery,
  found: readonly FoundHit<Name>[],
): RankedDocument<Name>[] {
  const merged = new Map<string, RankedDocument<Name>>();
  for (const rank of Object.values(RANKS)) {
    const searches = found.filter((one) => one.rank === rank);
    for (const document of inOneOrder(rank, searches)) {
      if (merged.has(document.id)) continue;
      const fields = fieldsOf(collection, document);
      const isTypo = rank === RANKS.typo && matchesWithTypos(fields, query);
      if (isTypo || (rank !== RANKS.typo && rankOf(fields, query) <= rank)) {
        merged.set(document.id, { document, rank });
      }
    }
  }
  return [...merged.values()];
}

/** Searches of one rank are equally good. Those for typos have an order of their own. */
function inOneOrder<Name extends CollectionName>(rank: Rank, searches: readonly FoundHit<Name>[]): Documents[Name][] {
  const documents = searches.flatMap((search) => search.documents);
  if (searches.length <= 1 || rank === RANKS.typo) return documents;
  return documents.toSorted((one, other) => other.popularity - one.popularity);
}
