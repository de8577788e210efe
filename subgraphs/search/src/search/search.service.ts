import { createHash } from 'node:crypto';
import { type Connection, encodeCursor, pageArgs, RequestError } from '@tintype/graphql';
import { isTimeout } from '@tintype/postgres';
import { COLLECTIONS, type CollectionName } from '#search-index/documents.ts';
import { MAX_DEPTH } from '#search-index/search-index.ts';
import { MAX_QUERY_LENGTH, type ParsedQuery, parseQuery } from '#text/query.rules.ts';
import type { Context } from '../context.ts';
import type { HitService, Question } from './hit.service.ts';
import { areVisible } from './hit-visibility.service.ts';
import type { FoundEdge, FoundHit, Hit } from './search.model.ts';
import type { ViewerFilterService } from './viewer-filter.service.ts';

export type FoundPage = Pick<Connection<FoundEdge>, 'pageInfo'> & { edges: FoundEdge[] };

export type SearchService = {
  /** @throws RequestError BAD_USER_INPUT, BAD_PAGE_SIZE, BAD_CURSOR, PAGE_TOO_DEEP, OVERLOADED */
  page(
    asked: { text: string; collections: readonly CollectionName[]; first: number; after: string | null },
    context: Context,
  ): Promise<FoundPage>;
  /** @throws RequestError BAD_USER_INPUT, BAD_PAGE_SIZE, OVERLOADED */
  suggestions(text: string, first: number, context: Context): Promise<FoundHit[]>;
};

/** Hits are read in chunks, with some spare ones to replace those that the viewer may not see. */
const CHUNK = 25;
const MAX_SUGGESTIONS = 20;
const SPARE = 4;
const SUGGESTED: readonly CollectionName[] = ['users', 'hashtags'];

export function createSearchService(deps: {
  hitService: HitService;
  viewerFilters: ViewerFilterService;
}): SearchService {
  const { hitService, viewerFilters } = deps;

  async function questionOf(
    query: ParsedQuery,
    asked: readonly CollectionName[],
    { identity }: Context,
  ): Promise<Question | null> {
    const collections = COLLECTIONS.filter((one) => asked.includes(one) && (query.only ?? one) === one);
    if (query.words.length === 0 || collections.length === 0) return null;
    return { query, collections, viewerFilter: await viewerFilters.of(identity) };
  }

  /** A query that matches very many documents takes long to sort. The person can narrow it down. */
  async function find(question: Question, offset: number, limit: number): Promise<Hit[]> {
    try {
      return await hitService.hits(question, offset, limit);
    } catch (error) {
      if (!isTimeout(error)) throw error;
      throw new RequestError('OVERLOADED', 'This search takes too long. Type more letters, or try again in a moment.');
    }
  }

  return {
    async page({ text, collections, first: asked, after: cursor }, context) {
      const query = parse(text);
      const kind = cursorKind(query, collections);
      const page = pageArgs({ first: asked, after: cursor }, kind, 1);
      const from = Number(page.from?.[0] ?? 0n);
      if (from >= MAX_DEPTH)
        throw new RequestError(
          'PAGE_TOO_DEEP',
          `A search returns up to ${MAX_DEPTH} results. Search for something more specific.`,
        );
      const question = await questionOf(query, collections, context);
      const edges: FoundEdge[] = [];
      let more = false;
      for (let at = from; question && !more; ) {
        // In whole chunks from the start of the page, so that equal searches share the cache.
        const size = Math.ceil((page.size + 1) / CHUNK) * CHUNK;
        const hits = await find(question, at, size);
        const shown = await areVisible(hits, context);
        for (const [index, hit] of hits.entries()) {
          if (!shown[index]) continue;
          if (edges.length === page.size) {
            more = true;
            break;
          }
          edges.push({ hit, query, position: { kind, end: at + index + 1 } });
        }
        at += hits.length;
        if (hits.length < size) {
          more ||= at >= MAX_DEPTH && edges.length === page.size;
          break;
        }
      }
      const pageInfo = {
        hasNextPage: more,
        hasPreviousPage: page.from !== null,
        startCursor: edges[0] ? cursorOf(edges[0]) : null,
        endCursor: edges.length > 0 ? cursorOf(edges.at(-1)!) : null,
      };
      return { edges, pageInfo };
    },
    async suggestions(text, first, context) {
      if (first < 1 || first > MAX_SUGGESTIONS) {
        throw new RequestError('BAD_PAGE_SIZE', `The argument first must be from 1 to ${MAX_SUGGESTIONS}.`);
      }
      const query = parse(text);
      const question = await questionOf(query, SUGGESTED, context);
      if (!question) return [];
      const hits = await find(question, 0, first + SPARE);
      const shown = await areVisible(hits, context);
      return hits
        .filter((_hit, index) => shown[index])
        .slice(0, first)
        .map((hit) => ({ hit, query }));
    },
  };
}

function parse(text: string): ParsedQuery {
  if (text.length > MAX_QUERY_LENGTH) {
    throw new RequestError('BAD_USER_INPUT', `A search may have up to ${MAX_QUERY_LENGTH} letters. Shorten it.`);
  }
  return parseQuery(text);
}

/** A cursor belongs to one query: its offset means nothing for another one. */
function cursorKind({ words, handle, only }: ParsedQuery, collections: readonly CollectionName[]): string {
  const text = JSON.stringify([
    words.map(({ word }) => word),
    handle,
    only,
    COLLECTIONS.filter((one) => collections.includes(one)),
  ]);
  return `search:${createHash('sha256').update(text).digest('base64url')}`;
}

export function cursorOf({ position: { kind, end } }: FoundEdge): string {
  return encodeCursor(kind, [end]);
}
