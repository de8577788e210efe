import type { CollectionName } from '#search-index/documents.ts';
import type { SearchRequest } from '#search-index/search-index.ts';
import { alternativesOf } from '#text/query.rules.ts';
import { RANKS, type Rank } from '#text/rank.rules.ts';
import { TYPO_LENGTHS } from '#text/tokens.rules.ts';
import { INDEX_FIELDS } from './collection.schema.ts';
import { allOf, anyOf, equals, isAnyOf, isFilterable, shownTo } from './filter.rules.ts';

/** The parameters of one search. All of them are in Typesense's specification. */
export type SearchParameters = {
  collection: string;
  q: string;
  query_by: string;
  sort_by: string;
  offset: number;
  limit: number;
  prefix: boolean;
  num_typos: number;
  enable_synonyms: boolean;
  exclude_fields: string;
  highlight_fields: string;
  highlight_full_fields: string;
  drop_tokens_threshold: number;
  search_cutoff_ms: number;
  filter_by?: string;
  min_len_1typo?: number;
  min_len_2typo?: number;
  typo_tokens_threshold?: number;
  max_candidates?: number;
};

/** One way to match the query, in as many parts as the server returns at once. */
export type PlannedSearch = { rank: Rank; pages: SearchParameters[] };

/** The most hits that the server returns at once. */
const PAGE = 250;
const CUTOFF_MS = 500;
/**
 * How many words may stand for a prefix or a typo: as many as the hits that are wanted, because a word may lead to one
 * document only.
 */
const MIN_CANDIDATES = 100;

/** Operators of the query language: the text after them is excluded, or is a phrase. */
const OPERATOR = /^-|"/;

const BY_POPULARITY = 'popularity:desc';

/**
 * Searches whose results, merged by `mergeHits`, are in the order that SearchIndex promises. The server sorts each of
 * them completely, so the first hits of all of them are the first hits overall, at any depth.
 *
 * `_text_match` is used for typos only, where it orders one edit before two.
 *
 * @param name of the collection on the server
 */
export function planSearches(collection: CollectionName, name: string, request: SearchRequest): PlannedSearch[] {
  const { query, viewerFilter, offset, limit } = request;
  const depth = offset + limit;
  const shown = shownTo(collection, viewerFilter);
  const ways = alternativesOf(query);
  const plan = (rank: Rank, own: Own): PlannedSearch => {
    const { filter = null, ...parameters } = own;
    const filterBy = allOf([filter, shown]);
    const common = {
      collection: name,
      sort_by: BY_POPULARITY,
      prefix: false,
      num_typos: 0,
      enable_synonyms: false,
      exclude_fields: INDEX_FIELDS.join(','),
      highlight_fields: 'none',
      highlight_full_fields: 'none',
      drop_tokens_threshold: 0,
      search_cutoff_ms: CUTOFF_MS,
      ...parameters,
      ...(filterBy === '' ? {} : { filter_by: filterBy }),
    };
    return { rank, pages: pagesOf(depth).map((page) => ({ ...common, ...page })) };
  };
  const candidates = { max_candidates: Math.max(MIN_CANDIDATES, depth) };
  const typos = {
    ...candidates,
    sort_by: `_text_match:desc,${BY_POPULARITY}`,
    num_typos: 2,
    min_len_1typo: TYPO_LENGTHS.one,
    min_len_2typo: TYPO_LENGTHS.two,
    typo_tokens_threshold: depth,
    enable_synonyms: true,
  };
  const searches: PlannedSearch[] = [];
  const hasHandle = collection !== 'posts' && query.key !== '';
  if (hasHandle) {
    const exactly = { q: '*', query_by: 'key' };
    if (isFilterable(query.handle)) {
      searches.push(plan(RANKS.exact, { ...exactly, filter: equals('handle', query.handle) }));
    }
    const named = anyOf([equals('key', query.key), isAnyOf('names', [query.key])]);
    searches.push(plan(RANKS.sameName, { ...exactly, filter: named }));
  }
  for (const way of ways) {
    const q = way.flatMap(({ terms }) => terms).join(' ');
    searches.push(plan(RANKS.words, { q, query_by: 'words', ...candidates }));
  }
  if (hasHandle) {
    if (!OPERATOR.test(query.handle)) {
      searches.push(plan(RANKS.handleStart, { q: query.handle, query_by: 'handle', prefix: true, ...candidates }));
    }
    searches.push(plan(RANKS.keyStart, { q: query.key, query_by: 'key', prefix: true, ...candidates }));
  }
  for (const way of ways.filter((one) => one.at(-1)?.start)) {
    const q = way.flatMap(({ terms, start }) => (start === null ? terms : [...start.terms, start.prefix])).join(' ');
    searches.push(plan(RANKS.wordStart, { q, query_by: 'words', prefix: true, ...candidates }));
  }
  const typed = query.words.flatMap(({ word, terms, edits }) => (edits > 0 ? word : terms)).join(' ');
  const prefix = query.words.at(-1)?.isPrefix ?? false;
  searches.push(plan(RANKS.typo, { q: typed, query_by: 'words', prefix, ...typos }));
  // `anna smih` may be the username annasmith.
  if (hasHandle && typed !== query.key) {
    searches.push(plan(RANKS.typo, { q: query.key, query_by: 'key', prefix: query.lastIsPrefix, ...typos }));
  }
  if (request.typos === 'only') return searches.filter(({ rank }) => rank === RANKS.typo);
  return request.typos === false ? searches.filter(({ rank }) => rank !== RANKS.typo) : searches;
}

type Own = Pick<SearchParameters, 'q' | 'query_by'> & Partial<SearchParameters> & { filter?: string | null };

function pagesOf(depth: number): { offset: number; limit: number }[] {
  const pages = [];
  for (let offset = 0; offset < depth; offset += PAGE) pages.push({ offset, limit: Math.min(PAGE, depth - offset) });
  return pages;
}
