import type { Client } from 'typesense';
import type { CollectionName, Documents } from '#index-store/documents.ts';
import type { SearchRequest } from '#index-store/search-index.ts';
import { mergeHits } from './merge-hits.rules.ts';
import { planSearches } from './search-plan.rules.ts';
import { withoutBody } from './without-body.ts';

/** One of the searches failed, such as where the collection is not there. */
export class SearchFailedError extends Error {
  override name = 'SearchFailedError';
}

/** Such as a filter by a text of which the server's tokenizer leaves nothing. Then nothing has exactly that text. */
const UNREADABLE = 400;

/**
 * All searches of a request in one round trip, in the body: an address takes no long lists of hidden people.
 *
 * @param name of the collection on the server
 * @throws SearchFailedError, or as the client does
 */
export async function searchCollection<Name extends CollectionName>(
  client: Client,
  name: string,
  collection: Name,
  request: SearchRequest,
): Promise<Documents[Name][]> {
  if (request.limit <= 0) return [];
  const plan = planSearches(collection, name, request);
  const searches = plan.flatMap(({ pages }) => pages);
  const { results } = await withoutBody(client.multiSearch.perform<Documents[Name][]>({ searches }));
  const answers = results.map(({ hits, error, code }, index) => {
    if (code === UNREADABLE && searches[index]?.q === '*') return [];
    if (error !== undefined || hits === undefined) throw new SearchFailedError(error ?? 'an answer has no hits');
    return hits.map(({ document }) => document);
  });
  if (answers.length !== searches.length) throw new SearchFailedError('an answer is missing');
  let next = 0;
  const found = plan.map(({ rank, bySign, pages }) => {
    const documents = answers.slice(next, next + pages.length).flat();
    next += pages.length;
    return { rank, bySign, documents };
  });
  return mergeHits(collection, request.query, found).slice(request.offset, request.offset + request.limit);
}
