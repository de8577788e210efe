import type { CollectionName } from '#search-index/documents.ts';
import { MAX_DEPTH, type SearchIndex, type ViewerFilter } from '#search-index/search-index.ts';
import type { ParsedQuery } from '#text/query.rules.ts';
import { RANKS } from '#text/rank.rules.ts';
import type { HitCache } from './hit.cache.ts';
import type { Hit } from './search.model.ts';

export type Question = {
  query: ParsedQuery;
  collections: readonly CollectionName[];
  viewerFilter: ViewerFilter;
};

export type HitService = {
  /**
   * Hits of all collections from an offset on, in one order: by how well they match, with people before hashtags before
   * posts.
   */
  hits(question: Question, offset: number, limit: number): Promise<Hit[]>;
};

export function createHitService(deps: { index: SearchIndex; cache: HitCache }): HitService {
  const { index, cache } = deps;

  async function search(question: Question, limit: number, typos: false | 'only'): Promise<Hit[]> {
    const { query, collections, viewerFilter } = question;
    const found = await index.search(collections, { query, viewerFilter, offset: 0, limit, typos });
    return collections.flatMap((collection) =>
      found[collection].map(({ document, rank }) => {
        // A document that matched with typos may match exactly by now.
        return { collection, document, rank: typos === 'only' ? RANKS.typo : rank } as Hit;
      }),
    );
  }

  /** Reads from the first hit on, because the position of a hit among all collections depends on all hits before it. */
  async function merged(question: Question, limit: number): Promise<Hit[]> {
    const fitting = await search(question, limit, false);
    // If the query matches exactly, typo matches are not shown.
    const found = fitting.length > 0 ? fitting : await search(question, limit, 'only');
    return found.toSorted((a, b) => a.rank - b.rank).slice(0, limit);
  }

  return {
    hits(question, offset, asked) {
      const limit = Math.min(asked, MAX_DEPTH - offset);
      if (limit <= 0 || question.collections.length === 0) return Promise.resolve([]);
      return cache.get({ ...question, offset, limit }, async () =>
        (await merged(question, offset + limit)).slice(offset),
      );
    },
  };
}
