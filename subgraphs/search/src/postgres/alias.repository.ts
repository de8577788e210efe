import { type Executor, query, statement } from '@tintype/postgres';
import type { CollectionName } from '#search-index/documents.ts';
import { termsOf } from './tables.rules.ts';

/** The names of a collection's tables, and the `ANALYSER` that made them. The table of words has the suffix `_term`. */
export type Alias = {
  live: string | null;
  building: string | null;
  liveAnalyser: number;
  buildingAnalyser: number;
};

const NO_ALIAS: Alias = { live: null, building: null, liveAnalyser: 0, buildingAnalyser: 0 };
const COLUMNS = 'live, building, live_analyser AS "liveAnalyser", building_analyser AS "buildingAnalyser"';

const SEARCH_ALIAS = statement('search_alias', `SELECT ${COLUMNS} FROM search.alias WHERE collection = $1`);

export async function findAlias(executor: Executor, collection: CollectionName): Promise<Alias> {
  const [alias] = await query(executor, SEARCH_ALIAS, [collection]);
  return alias ?? NO_ALIAS;
}

const SEARCH_ALIAS_ADD = statement(
  'search_alias_add',
  'INSERT INTO search.alias (collection) VALUES ($1) ON CONFLICT DO NOTHING',
);
const SEARCH_ALIAS_LOCK = statement(
  'search_alias_lock',
  `SELECT ${COLUMNS} FROM search.alias WHERE collection = $1 FOR UPDATE`,
);

/** Locks the alias until the transaction ends, so that tables are created, swapped and removed one after another. */
export async function lockAlias(tx: Executor, collection: CollectionName): Promise<Alias> {
  await query(tx, SEARCH_ALIAS_ADD, [collection]);
  const [alias] = await query(tx, SEARCH_ALIAS_LOCK, [collection]);
  return alias!;
}

const SEARCH_ALIAS_SET = statement(
  'search_alias_set',
  `UPDATE search.alias SET live = $2?, building = $3?, live_analyser = $4, building_analyser = $5
  WHERE collection = $1`,
);

export async function setAlias(tx: Executor, collection: CollectionName, alias: Alias): Promise<void> {
  const { live, building, liveAnalyser, buildingAnalyser } = alias;
  await query(tx, SEARCH_ALIAS_SET, [collection, live, building, liveAnalyser, buildingAnalyser]);
}

const SEARCH_ALIAS_MADE = statement(
  'search_alias_made',
  'UPDATE search.alias SET made = made + 1 WHERE collection = $1 RETURNING made',
);

/** Creates empty tables with a new name. The caller must hold the alias. */
export async function createTables(tx: Executor, collection: CollectionName): Promise<string> {
  const [row] = await query(tx, SEARCH_ALIAS_MADE, [collection]);
  const name = `${collection}_${row!.made}`;
  await tx.query(`CREATE TABLE search."${name}" (LIKE search.document INCLUDING ALL)`);
  await tx.query(`CREATE TABLE search."${termsOf(name)}" (LIKE search.term INCLUDING ALL)`);
  return name;
}

export async function dropTables(tx: Executor, name: string): Promise<void> {
  await tx.query(`DROP TABLE IF EXISTS search."${name}", search."${termsOf(name)}"`);
}

/** Prepares filled tables for searches: updates statistics, and merges the pending entries of the indexes. */
export async function prepareTables(tx: Executor, name: string): Promise<void> {
  await tx.query('SET LOCAL statement_timeout = 0');
  await tx.query(
    `SELECT gin_clean_pending_list(indexrelid) FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_am a ON a.oid = c.relam
     WHERE a.amname = 'gin' AND indrelid IN ('search."${name}"'::regclass, 'search."${termsOf(name)}"'::regclass)`,
  );
  await tx.query(`ANALYZE search."${name}", search."${termsOf(name)}"`);
}
