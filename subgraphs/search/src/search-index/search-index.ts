import type { ParsedQuery } from '#text/query.rules.ts';
import type { CollectionName, Documents, FoundDocuments } from './documents.ts';

/** What the index may return to a viewer. The lists have no order. */
export type ViewerFilter = {
  /** People whom the viewer blocks or who block the viewer. Neither they nor their posts are found. */
  hiddenIds: readonly string[];
  /** Private accounts whose posts are found: those that the viewer follows, and the viewer's. */
  privateIds: readonly string[];
};

/** For visitors: finds what everybody may see. */
export const PUBLIC_FILTER: ViewerFilter = { hiddenIds: [], privateIds: [] };

export type SearchRequest = {
  /** With at least one word. */
  query: ParsedQuery;
  viewerFilter: ViewerFilter;
  /** Hits to pass over and hits to give, together at most MAX_DEPTH. */
  offset: number;
  limit: number;
  /** Without (false): only what fits without typos and nicknames. `only`: what does not; hits that fit without may be among them. */
  typos?: boolean | 'only';
};

/** How deep a search can be paged. */
export const MAX_DEPTH = 500;

export type CollectionState = {
  collection: CollectionName;
  /** Name of the collection that readers get; null before the first one. */
  live: string | null;
  /** Name of one that is built beside it. */
  building: string | null;
  /** Documents in the live one. */
  documents: number;
  /** Whether an older `ANALYSER` made the live one, and the one that is built: it has to be built anew. False where there is none. */
  isOutdated: { live: boolean; building: boolean };
};

/**
 * The search index. Two drivers behave alike, as tests/driver-suite.ts says.
 *
 * **Writing.** The indexer holds a lock per document while it writes it, so of one document the newest state is always written last, and
 * drivers need no versions. A write reaches the live collection and the one that is being built, where there is one. Repeating a write
 * changes nothing. What was written is found at the next search.
 *
 * **Searching.** Hits come in the order of `RANKS` (text/rank.rules.ts): the exact name; documents with every word of the query; those
 * where the query is the beginning of the username or tag, or its last word that of any word; the same within typos. Within each the
 * more popular come first. Typos: one edit
 * (insert, delete, replace, swap of neighbours) in words from 4 letters, two from 8. Drivers index what text/fields.rules.ts makes of a
 * document, in which case, accents and scripts are settled. Collections differ only in their fields and in who is kept out:
 * - users: without `hiddenIds`. Private people are found.
 * - posts: without authors in `hiddenIds`; of private authors only those in `privateIds`. Every word of the query in the caption.
 * - hashtags: nobody is kept out; tags that no post has are not there.
 *
 * Errors of a driver reach the caller as they are.
 */
export type SearchIndex = {
  readonly driver: 'postgres' | 'typesense';

  /** Makes an empty live collection for each that has none. Repeating it, also side by side, changes nothing. */
  ensure(): Promise<void>;

  /** Asks all of them at once: `offset` and `limit` are of each. */
  search(collections: readonly CollectionName[], request: SearchRequest): Promise<FoundDocuments>;

  /** At most 1,000 documents at once, each id once. All or none of them are written in one collection, or the call fails. */
  upsert<Name extends CollectionName>(collection: Name, documents: readonly Documents[Name][]): Promise<void>;

  /** Ids that are not there are passed over. At most 1,000. */
  remove(collection: CollectionName, ids: readonly string[]): Promise<void>;

  /**
   * Starts a new collection beside the live one, or goes on with the one that is being built, unless that is outdated.
   *
   * @returns its name
   */
  startBuild(collection: CollectionName): Promise<{ name: string; resumed: boolean }>;

  /** Writes into the one that is being built alone. At most 1,000. @throws where none is */
  importInto<Name extends CollectionName>(collection: Name, documents: readonly Documents[Name][]): Promise<void>;

  /** Makes the one that is being built the live one at once, for readers without a gap, and removes the one before. @throws where none is */
  swap(collection: CollectionName): Promise<void>;

  /** Gives up the one that is being built, if there is one. */
  abandonBuild(collection: CollectionName): Promise<void>;

  state(): Promise<CollectionState[]>;

  /** Whether it answers at all, within a second. Never rejects. */
  healthy(): Promise<boolean>;
};
