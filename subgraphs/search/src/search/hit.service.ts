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
  /** Hits of all collections from a place on, in one order: by how well they fit, people before hashtags before posts. */
  hits(question: Question, offset: number, limit: number): Promise<Hit[]>;
};

export function createHitService(deps: { index: SearchIndex; cache: HitCache }): HitService {
  const { index, cache } = deps;

  async function search(question: Question, limit: number, typos: false | 'only'): Promise<Hit[]> {
    const { query, collections, viewerFilter } = question;
    const found = await index.search(collections, { query, viewerFilter, offset: 0, limit, typos });
    return collections.flatMap((collection) =>
      found[collection].map(({ document, rank }) => {
        // Of those that fit within typos, some may fit without by now.
        return { collection, document, rank: typos === 'only' ? RANKS.typo : rank } as Hit;
      }),
    );
  }

  /** From the first hit on: where a hit stands among those of all collections depends on all before it. */
  async function merged(question: Question, limit: number): Promise<Hit[]> {
    const fitting = await search(question, limit, false);
    // Who typed it right is not shown what they did not mean.
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
