import { withTimeout } from '@tintype/bounds';
import type { Client } from 'typesense';
import { COLLECTIONS, type CollectionName } from '#search-index/documents.ts';
import type { CollectionState, SearchIndex } from '#search-index/search-index.ts';
import { NICKNAMES } from '#text/nicknames.ts';
import { removeOrphanedCollections } from '#typesense-mirror/orphaned-collections.ts';
import { isOutdated, toTypesense } from './collection.schema.ts';
import {
  type AliasNames,
  aliasNames,
  createCollection,
  createVersion,
  findTarget,
  pointTo,
  removeAlias,
  removeCollection,
  unlessMissing,
} from './collection-alias.ts';
import { withIds } from './filter.rules.ts';
import { importDocuments } from './import-documents.ts';
import { searchCollections } from './search-collections.ts';
import { createTypesenseClients, READ_TIMEOUT_MS, type TypesenseAddress } from './typesense-clients.ts';

/** The first version has a fixed name, so that two processes that start at the same time use the same collection. */
const FIRST_VERSION = 1;
/** The filter of a deletion is part of the URL, which servers and proxies limit to a few thousand characters. */
const MAX_FILTER_LENGTH = 2000;

/**
 * The index in Typesense 30 or newer. Each collection has an alias for the live version and one for the version that is
 * being built.
 */
export function createTypesenseIndex(
  options: TypesenseAddress & { namespace: string },
): SearchIndex & { close(): Promise<void> } {
  const { reading, writing, close } = createTypesenseClients(options);
  const names = aliasNames(options.namespace);

  /**
   * The version that is being built comes first. In the other order, a swap between the two writes would lose the
   * write.
   */
  async function write(collection: CollectionName, work: (name: string) => Promise<void>): Promise<void> {
    await unlessMissing(work(names.building(collection)));
    await work(names.live(collection));
  }

  async function buildingOf(collection: CollectionName): Promise<string> {
    const building = await findTarget(writing, names.building(collection));
    if (building === null) throw new Error(`No collection of ${collection} is being built.`);
    return building;
  }

  return {
    driver: 'typesense',
    async ensure() {
      await writing.synonymSets(names.nicknames()).upsert({
        items: NICKNAMES.map((synonyms) => ({ id: synonyms[0]!, synonyms: [...synonyms] })),
      });
      for (const collection of COLLECTIONS) await ensureCollection(writing, names, collection);
    },
    search: (collections, request) =>
      searchCollections(reading, new Map(collections.map((one) => [one, names.live(one)])), request),
    async upsert(collection, documents) {
      if (documents.length === 0) return;
      const rows = documents.map((document) => toTypesense(collection, document));
      await write(collection, (name) => importDocuments(writing, name, rows));
    },
    async remove(collection, ids) {
      for (const filter of filtersOf(ids)) {
        await write(collection, async (name) => {
          await writing.collections(name).documents().delete({ filter_by: filter });
        });
      }
    },
    async startBuild(collection) {
      const { building, isOutdated: outdated } = await stateOf(writing, names, collection);
      if (building !== null && !outdated.building) return { name: building, resumed: true };
      const name = await createVersion(writing, names, collection);
      await pointTo(writing, names.building(collection), name);
      if (building !== null) await removeCollection(writing, building);
      return { name, resumed: false };
    },
    async importInto(collection, documents) {
      const building = await buildingOf(collection);
      if (documents.length === 0) return;
      const rows = documents.map((document) => toTypesense(collection, document));
      await importDocuments(writing, building, rows);
    },
    async swap(collection) {
      const building = await buildingOf(collection);
      const before = await findTarget(writing, names.live(collection));
      await pointTo(writing, names.live(collection), building);
      await removeAlias(writing, names.building(collection));
      if (before !== null && before !== building) await removeCollection(writing, before);
      await removeOrphanedCollections(writing, names, collection);
    },
    async abandonBuild(collection) {
      const building = await findTarget(writing, names.building(collection));
      if (building === null) return;
      await removeAlias(writing, names.building(collection));
      await removeCollection(writing, building);
    },
    state: () => Promise.all(COLLECTIONS.map((collection) => stateOf(reading, names, collection))),
    async healthy() {
      return withTimeout(() => reading.health.retrieve(), { ms: READ_TIMEOUT_MS }).then(
        ({ ok }) => ok,
        () => false,
      );
    },
    close,
  };
}

async function ensureCollection(client: Client, names: AliasNames, collection: CollectionName): Promise<void> {
  const alias = names.live(collection);
  if ((await findTarget(client, alias)) !== null) return;
  const first = names.version(collection, FIRST_VERSION);
  await createCollection(client, names, collection, first);
  await pointTo(client, alias, first);
}

async function stateOf(client: Client, names: AliasNames, collection: CollectionName): Promise<CollectionState> {
  const [live, building] = await Promise.all([
    findTarget(client, names.live(collection)),
    findTarget(client, names.building(collection)),
  ]);
  const [found, beside] = await Promise.all(
    [live, building].map((name) => (name === null ? null : unlessMissing(client.collections(name).retrieve()))),
  );
  return {
    collection,
    live,
    building,
    documents: found?.num_documents ?? 0,
    isOutdated: { live: found ? isOutdated(found) : false, building: beside ? isOutdated(beside) : false },
  };
}

function filtersOf(ids: readonly string[]): string[] {
  const chunks: string[][] = [];
  let length = MAX_FILTER_LENGTH;
  for (const id of ids) {
    // Two backticks and a comma, each three characters in a URL.
    const own = encodeURIComponent(id).length + 9;
    if (length + own > MAX_FILTER_LENGTH) {
      chunks.push([]);
      length = 0;
    }
    chunks.at(-1)!.push(id);
    length += own;
  }
  return chunks.map(withIds);
}
