import type { HitCache } from '#cache/hit.cache.ts';
import type { CollectionName } from '#index-store/documents.ts';
import { type Audience, MAX_DEPTH, type SearchIndex } from '#index-store/search-index.ts';
import type { ParsedQuery } from '#text/query.rules.ts';
import { rankOf } from '#text/rank.rules.ts';
import type { Hit } from './result.model.ts';

export type Question = { query: ParsedQuery; collections: readonly CollectionName[]; audience: Audience };

export type FindService = {
  /** Hits of all collections from a place on, in one order: by how well they fit, people before hashtags before posts. */
  hits(question: Question, offset: number, limit: number): Promise<Hit[]>;
};

export function createFindService(deps: { index: SearchIndex; cache: HitCache }): FindService {
  const { index, cache } = deps;

  async function search<Name extends CollectionName>(
    collection: Name,
    { query, audience }: Question,
    offset: number,
    limit: number,
  ): Promise<Hit[]> {
    const documents = await index.search(collection, { query, audience, offset, limit });
    return documents.map((document) => ({ collection, document, rank: rankOf(collection, document, query) }) as Hit);
  }

  async function merged(question: Question, offset: number, limit: number): Promise<Hit[]> {
    const [only] = question.collections;
    if (only && question.collections.length === 1) return search(only, question, offset, limit);
    // Where a hit stands among all depends on all before it.
    const found = await Promise.all(question.collections.map((one) => search(one, question, 0, offset + limit)));
    return found
      .flat()
      .toSorted((a, b) => a.rank - b.rank)
      .slice(offset, offset + limit);
  }

  return {
    hits(question, offset, asked) {
      const limit = Math.min(asked, MAX_DEPTH - offset);
      if (limit <= 0 || question.collections.length === 0) return Promise.resolve([]);
      return cache.get({ ...question, offset, limit }, () => merged(question, offset, limit));
    },
  };
}
