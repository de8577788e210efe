import { afterAll, beforeAll } from 'vitest';
import { COLLECTIONS, type CollectionName, type Documents, type RankedDocument } from '#search-index/documents.ts';
import { PUBLIC_FILTER, type SearchIndex, type ViewerFilter } from '#search-index/search-index.ts';
import { parseQuery } from '#text/query.rules.ts';

/** An empty index for one suite. */
export type OpenIndex = () => Promise<{ index: SearchIndex; close(): Promise<void> }>;

type Page = { offset?: number; limit?: number; viewerFilter?: ViewerFilter; typos?: boolean | 'only' };

/** Opens an index for the tests of the surrounding `describe`. */
export function openDriver(open: OpenIndex) {
  let opened: Awaited<ReturnType<OpenIndex>>;
  beforeAll(async () => {
    opened = await open();
    await opened.index.ensure();
  });
  afterAll(() => opened?.close());

  const ranked = async <Name extends CollectionName>(
    collection: Name,
    text: string,
    { offset = 0, limit = 20, viewerFilter = PUBLIC_FILTER, typos = true }: Page = {},
  ): Promise<RankedDocument<Name>[]> => {
    const request = { query: parseQuery(text), viewerFilter, offset, limit, typos };
    return (await opened.index.search([collection], request))[collection];
  };
  const searched = async <Name extends CollectionName>(
    collection: Name,
    text: string,
    page?: Page,
  ): Promise<Documents[Name][]> => (await ranked(collection, text, page)).map(({ document }) => document);
  return {
    /** Available in tests and hooks only. */
    get index(): SearchIndex {
      return opened.index;
    },
    ranked,
    searched,
    usernames: async (text: string) => (await searched('users', text)).map(({ username }) => username),
    ids: async (collection: CollectionName, text: string, viewerFilter?: ViewerFilter) =>
      (await searched(collection, text, viewerFilter && { viewerFilter })).map(({ id }) => id),
    async empty(): Promise<void> {
      for (const collection of COLLECTIONS) {
        await opened.index.abandonBuild(collection);
        await opened.index.startBuild(collection);
        await opened.index.swap(collection);
      }
    },
  };
}

export type DriverFixture = ReturnType<typeof openDriver>;
