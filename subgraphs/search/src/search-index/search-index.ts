import type { ParsedQuery } from '#text/query.rules.ts';
import type { CollectionName, Documents, FoundDocuments } from './documents.ts';

/** What the index may return to a viewer. The lists have no order. */
export type ViewerFilter = {
  /** People whom the viewer blocks or who block the viewer. Neither they nor their posts are found. */
  hiddenIds: readonly string[];
  /** The private accounts whose posts are found: the viewer's own, and those that the viewer follows. */
  privateIds: readonly string[];
};

/** For visitors: finds only what everybody may see. */
export const PUBLIC_FILTER: ViewerFilter = { hiddenIds: [], privateIds: [] };

export type SearchRequest = {
  /** Has at least one word. */
  query: ParsedQuery;
  viewerFilter: ViewerFilter;
  /** How many hits to skip and to return, together at most MAX_DEPTH. */
  offset: number;
  limit: number;
  /**
   * `false`: only matches without typos and nicknames. `only`: matches with them, possibly together with exact ones.
   */
  typos?: boolean | 'only';
};

/** How deep a search can be paged. */
export const MAX_DEPTH = 500;

export type CollectionState = {
  collection: CollectionName;
  /** The name of the live collection, or null before the first one. */
  live: string | null;
  /** The name of the collection that is being built. */
  building: string | null;
  /** The number of documents in the live collection. */
  documents: number;
  /**
   * Whether an older `ANALYSER` made the live collection, and the one that is being built. Then it must be built again.
   * False if there is none.
   */
  isOutdated: { live: boolean; building: boolean };
};

/**
 * The search index. It has two drivers that behave alike (`tests/driver-suite.ts`).
 *
 * **Writing.** The indexer locks each document while it writes it, so the newest state of a document is always written
 * last, and drivers need no versions. A write goes to the live collection and to the one that is being built, if there
 * is one. Repeating a write changes nothing. The next search finds what was written.
 *
 * **Searching.** Hits come in the order of `RANKS` (text/rank.rules.ts): the exact name; documents with every word of
 * the query; documents for which the query is a prefix of the username or tag, or its last word a prefix of any word;
 * the same with typos. Within each rank, more popular documents come first. Typos: one edit (an inserted, deleted or
 * replaced letter, or two swapped ones) in words from 4 letters on, two from 8. Drivers index the output of
 * text/fields.rules.ts, which normalises case, accents and scripts. Collections differ only in their fields and in what
 * is hidden:
 * - users: without `hiddenIds`. Private people are found.
 * - posts: without authors in `hiddenIds`. Of private authors, only those in `privateIds`. The caption must have every
 * word.
 * - hashtags: nothing is hidden. Tags without posts are not in the index.
 *
 * Errors of a driver are passed to the caller.
 */
export type SearchIndex = {
  readonly driver: 'postgres' | 'typesense';

  /** Creates an empty live collection for each that has none. Can be repeated, also concurrently. */
  ensure(): Promise<void>;

  /** Searches all of them in one request. `offset` and `limit` apply to each. */
  search(collections: readonly CollectionName[], request: SearchRequest): Promise<FoundDocuments>;

  /**
   * At most 1,000 documents at once, each id once. All or none of them are written in one collection, or the call
   * fails.
   */
  upsert<Name extends CollectionName>(collection: Name, documents: readonly Documents[Name][]): Promise<void>;

  /** Ignores unknown ids. At most 1,000. */
  remove(collection: CollectionName, ids: readonly string[]): Promise<void>;

  /**
   * Starts a new collection beside the live one, or continues the one that is being built, unless that is outdated.
   *
   * @returns its name
   */
  startBuild(collection: CollectionName): Promise<{ name: string; resumed: boolean }>;

  /** Writes only into the collection that is being built. At most 1,000. @throws if there is none */
  importInto<Name extends CollectionName>(collection: Name, documents: readonly Documents[Name][]): Promise<void>;

  /**
   * Makes the collection that is being built the live one, without a gap for readers, and removes the old one. @throws
   * if there is none
   */
  swap(collection: CollectionName): Promise<void>;

  /** Deletes the collection that is being built, if there is one. */
  abandonBuild(collection: CollectionName): Promise<void>;

  state(): Promise<CollectionState[]>;

  /** Whether it responds within a second. Never rejects. */
  healthy(): Promise<boolean>;
};
