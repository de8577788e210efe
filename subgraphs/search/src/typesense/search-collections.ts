import type { Client } from 'typesense';
import type { CollectionName, Documents, FoundDocuments, RankedDocument } from '#search-index/documents.ts';
import type { SearchRequest } from '#search-index/search-index.ts';
import { mergeHits } from './merge-hits.rules.ts';
import { planSearches } from './search-plan.rules.ts';
import { withoutBody } from './typesense.errors.ts';

/** One of the searches failed, for example because the collection does not exist. */
export class SearchFailedError extends Error {
  override name = 'SearchFailedError';
}

/**
 * For example, the server's tokenizer leaves nothing of the text in a filter. Then no document has exactly that text.
 */
const UNREADABLE = 400;

type AnyDocument = Documents[CollectionName];

/**
 * Sends all searches in the body of one request, because a URL is too short for long lists of hidden people.
 *
 * @param names of the collections on the server
 * @throws SearchFailedError, or errors of the client
 */
export async function searchCollections(
  client: Client,
  names: ReadonlyMap<CollectionName, string>,
  request: SearchRequest,
): Promise<FoundDocuments> {
  const found: FoundDocuments = { users: [], hashtags: [], posts: [] };
  if (names.size === 0 || request.limit <= 0) return found;
  const plans = [...names].map(([collection, name]) => ({ collection, plan: planSearches(collection, name, request) }));
  const searches = plans.flatMap(({ plan }) => plan.flatMap(({ pages }) => pages));
  const { results } = await withoutBody(client.multiSearch.perform<AnyDocument[]>({ searches }));
  const answers = results.map(({ hits, error, code }, index) => {
    if (code === UNREADABLE && searches[index]?.q === '*') return [];
    if (error !== undefined || hits === undefined) throw new SearchFailedError(error ?? 'an answer has no hits');
    return hits.map(({ document }) => document);
  });
  if (answers.length !== searches.length) throw new SearchFailedError('An answer is missing.');
  let next = 0;
  for (const { collection, plan } of plans) {
    const parts = plan.map(({ rank, pages }) => {
      const documents = answers.slice(next, next + pages.length).flat() as Documents[typeof collection][];
      next += pages.length;
      return { rank, documents };
    });
    const merged = mergeHits(collection, request.query, parts);
    (found[collection] as RankedDocument<CollectionName>[]) = merged.slice(
      request.offset,
      request.offset + request.limit,
    );
  }
  return found;
}
