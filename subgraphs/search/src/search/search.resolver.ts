import type { CompleteResolvers, SearchType } from '#generated/graphql.ts';
import { COLLECTIONS, type CollectionName } from '#search-index/documents.ts';
import { highlightsOf } from './highlighted-fields.rules.ts';
import { type ResultModel, resultOf, searchTextOf } from './search.model.ts';
import { cursorOf, type SearchService } from './search.service.ts';

const COLLECTION: Record<SearchType, CollectionName> = { PEOPLE: 'users', HASHTAGS: 'hashtags', POSTS: 'posts' };

type SearchResolvers = Omit<CompleteResolvers, 'Query'> & {
  Query: Pick<CompleteResolvers['Query'], 'search' | 'suggest'>;
};

export function createSearchResolvers(deps: { results: SearchService }): SearchResolvers {
  const { results } = deps;
  return {
    Query: {
      search(_, { query, types, first, after }, context) {
        const asked = types ?? [];
        const collections = asked.length > 0 ? asked.map((type) => COLLECTION[type]) : COLLECTIONS;
        return results.page({ text: query, collections, first: first ?? 20, after: after ?? null }, context);
      },
      suggest: (_, { prefix, first }, context) => results.suggestions(prefix, first ?? 8, context),
    },
    SearchEdge: {
      cursor: cursorOf,
      node: ({ hit }) => resultOf(hit),
      highlights: ({ hit, query }) => highlightsOf(hit, query),
    },
    Suggestion: {
      text: ({ hit }) => searchTextOf(hit),
      node: ({ hit }) => resultOf(hit),
      highlights: ({ hit, query }) => highlightsOf(hit, query),
    },
    SearchResult: { __resolveType: ({ __typename }: ResultModel) => __typename },
  };
}
