import { withTimeout } from '@tintype/bounds';
import { transaction } from '@tintype/postgres';
import pg from 'pg';
import { COLLECTIONS, type CollectionName, type Documents } from '#search-index/documents.ts';
import type { CollectionState, SearchIndex } from '#search-index/search-index.ts';
import { ANALYSER } from '#text/analyser.ts';
import {
  type Alias,
  createTables,
  dropTables,
  findAlias,
  lockAlias,
  prepareTables,
  setAlias,
} from './alias.repository.ts';
import { addTerms, countRows, removeRows, toRow, upsertRows } from './document.repository.ts';
import { searchTables } from './search-tables.service.ts';

/**
 * How long readers cache the alias. After a swap, the old tables are gone, so a search fails and reads the alias again.
 */
const ALIAS_MS = 1000;
const HEALTH_MS = 1000;
const UNDEFINED_TABLE = '42P01';
/** How many swaps may happen during one search. */
const ATTEMPTS = 5;

/**
 * The index in tables of the search subgraph. Each collection has two tables of its own, behind an alias.
 *
 * @param deps.readers the pool for searches, see `openReaders`
 */
export function createPostgresIndex(deps: { pool: pg.Pool; searchPool?: pg.Pool }): SearchIndex {
  const { pool, searchPool = pool } = deps;
  const aliases = new Map<CollectionName, { alias: Alias; at: number }>();

  async function aliasOf(collection: CollectionName): Promise<Alias> {
    const known = aliases.get(collection);
    if (known && performance.now() - known.at < ALIAS_MS) return known.alias;
    const alias = await findAlias(pool, collection);
    if (alias.live !== null) aliases.set(collection, { alias, at: performance.now() });
    return alias;
  }

  /** The tables were swapped in the meantime: reads the alias again. */
  async function onTables<T>(
    collections: readonly CollectionName[],
    work: (aliases: ReadonlyMap<CollectionName, Alias>) => Promise<T>,
  ): Promise<T> {
    const pointed = async () =>
      new Map(await Promise.all(collections.map(async (one) => [one, await aliasOf(one)] as const)));
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(await pointed());
      } catch (error) {
        const isGone = error instanceof pg.DatabaseError && error.code === UNDEFINED_TABLE;
        if (!isGone || attempt === ATTEMPTS) throw error;
        for (const collection of collections) aliases.delete(collection);
      }
    }
  }

  /** Writers always read the alias, so that a collection that is being built misses nothing. */
  async function write(collection: CollectionName, work: (tx: pg.PoolClient, table: string) => Promise<void>) {
    aliases.delete(collection);
    await onTables([collection], (found) =>
      transaction(pool, async (tx) => {
        const { live, building } = found.get(collection)!;
        for (const table of [live, building]) if (table !== null) await work(tx, table);
      }),
    );
  }

  async function writeRows<Name extends CollectionName>(
    tx: pg.PoolClient,
    collection: Name,
    table: string,
    documents: readonly Documents[Name][],
  ): Promise<void> {
    const rows = documents.map((document) => toRow(collection, document));
    await addTerms(tx, table, rows);
    await upsertRows(tx, table, rows);
  }

  return {
    driver: 'postgres',
    async ensure() {
      for (const collection of COLLECTIONS) {
        if ((await aliasOf(collection)).live !== null) continue;
        await transaction(pool, async (tx) => {
          const alias = await lockAlias(tx, collection);
          if (alias.live !== null) return;
          const live = await createTables(tx, collection);
          await setAlias(tx, collection, { ...alias, live, liveAnalyser: ANALYSER });
        });
      }
    },
    search: (collections, request) =>
      onTables(collections, async (found) => {
        const tables = new Map<CollectionName, string>();
        for (const [collection, { live }] of found) if (live !== null) tables.set(collection, live);
        if (tables.size === 0 || request.limit <= 0) return { users: [], hashtags: [], posts: [] };
        return searchTables({ executor: searchPool, tables, request });
      }),
    async upsert(collection, documents) {
      if (documents.length === 0) return;
      await write(collection, (tx, table) => writeRows(tx, collection, table, documents));
    },
    async remove(collection, ids) {
      if (ids.length > 0) await write(collection, (tx, table) => removeRows(tx, table, ids));
    },
    startBuild: (collection) =>
      transaction(pool, async (tx) => {
        const alias = await lockAlias(tx, collection);
        if (alias.building !== null && alias.buildingAnalyser >= ANALYSER) {
          return { name: alias.building, resumed: true };
        }
        if (alias.building !== null) await dropTables(tx, alias.building);
        const name = await createTables(tx, collection);
        await setAlias(tx, collection, { ...alias, building: name, buildingAnalyser: ANALYSER });
        return { name, resumed: false };
      }),
    async importInto(collection, documents) {
      const { building } = await findAlias(pool, collection);
      if (building === null) throw new Error(`No collection of ${collection} is being built.`);
      if (documents.length === 0) return;
      await transaction(pool, (tx) => writeRows(tx, collection, building, documents));
    },
    async swap(collection) {
      const { building } = await findAlias(pool, collection);
      if (building === null) throw new Error(`No collection of ${collection} is being built.`);
      await transaction(pool, (tx) => prepareTables(tx, building));
      await transaction(pool, async (tx) => {
        const alias = await lockAlias(tx, collection);
        if (alias.building === null) throw new Error(`No collection of ${collection} is being built.`);
        const { building: live, buildingAnalyser: liveAnalyser } = alias;
        await setAlias(tx, collection, { live, liveAnalyser, building: null, buildingAnalyser: 0 });
        if (alias.live !== null) await dropTables(tx, alias.live);
      });
      aliases.delete(collection);
    },
    async abandonBuild(collection) {
      await transaction(pool, async (tx) => {
        const alias = await lockAlias(tx, collection);
        if (alias.building === null) return;
        await setAlias(tx, collection, { ...alias, building: null, buildingAnalyser: 0 });
        await dropTables(tx, alias.building);
      });
    },
    state: () =>
      Promise.all(
        COLLECTIONS.map(async (collection): Promise<CollectionState> => {
          const { live, building, liveAnalyser, buildingAnalyser } = await findAlias(pool, collection);
          return {
            collection,
            live,
            building,
            documents: live === null ? 0 : await countRows(pool, live),
            isOutdated: {
              live: live !== null && liveAnalyser < ANALYSER,
              building: building !== null && buildingAnalyser < ANALYSER,
            },
          };
        }),
      ),
    async healthy() {
      return withTimeout(() => findAlias(pool, 'users'), { ms: HEALTH_MS }).then(
        () => true,
        () => false,
      );
    },
  };
}
