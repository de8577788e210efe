import { type Executor, query } from '@tintype/postgres';
import type { CollectionName, FoundDocuments } from '#index-store/documents.ts';
import type { Audience } from '#index-store/search-index.ts';
import type { ParsedQuery } from '#text/query.rules.ts';
import { createParameters, type Parameters } from './parameters.ts';

/** Tables to search, by the collections that they hold: each statement asks all of them. */
export type Tables = ReadonlyMap<CollectionName, string>;

/** @param words all of the query, as a tsquery */
type Asked = { query: ParsedQuery; audience: Audience; words: string };

/**
 * What fits, of each collection as many as `limit`. Handles that begin with the query: it itself first, then what has the same letters, then
 * what begins so sign by sign; behind them what has all words. The words are not even looked up where handles are enough.
 */
export function findFitting(
  executor: Executor,
  tables: Tables,
  asked: Asked & { limit: number },
): Promise<FoundDocuments> {
  const parameters = createParameters();
  const shown = shownTo(asked.audience, parameters);
  const words = parameters.add(asked.words, 'tsquery');
  const limit = parameters.add(asked.limit, 'bigint');
  const worded = (table: string, also: string) =>
    `SELECT source FROM search."${table}" WHERE ${also} words @@ ${words} AND ${shown} ORDER BY popularity DESC, id LIMIT ${limit}`;
  const keyed = (table: string) => {
    const key = parameters.add(asked.query.key, 'text');
    const handle = parameters.add(asked.query.handle, 'text');
    const begins = beginsWith(asked.query.key, parameters);
    return `WITH keyed AS MATERIALIZED (
        SELECT source FROM search."${table}" WHERE ${begins} AND ${shown}
        ORDER BY handle = ${handle} DESC, key = ${key} DESC, starts_with(handle, ${handle}) DESC, popularity DESC, id LIMIT ${limit}
      ), worded AS (${worded(table, `(SELECT count(*) FROM keyed) < ${limit} AND NOT (${begins}) AND`)})
      SELECT source FROM keyed UNION ALL SELECT source FROM worded LIMIT ${limit}`;
  };
  const parts = [...tables].map(([collection, table]): Part => {
    return [collection, collection === 'posts' ? worded(table, '') : keyed(table)];
  });
  return find(executor, 'search_fit', tables, parts, parameters);
}

/** What fits within typos and not without. */
export type TypoQuestion = {
  /** Tsqueries, each wider than the one before: what fits an earlier one comes first. */
  levels: readonly [string, string, string];
  limit: number;
};

/** @param questions of the collections that are to be asked, by their tables */
export function findByTypos(
  executor: Executor,
  tables: Tables,
  asked: Asked & { questions: ReadonlyMap<CollectionName, TypoQuestion> },
): Promise<FoundDocuments> {
  const parameters = createParameters();
  const shown = shownTo(asked.audience, parameters);
  const words = parameters.add(asked.words, 'tsquery');
  const begins = beginsWith(asked.query.key, parameters);
  const parts = [...asked.questions].map(([collection, question]): Part => {
    const [one, two, all] = question.levels.map((level) => parameters.add(level, 'tsquery'));
    const limit = parameters.add(question.limit, 'bigint');
    return [
      collection,
      `SELECT source FROM search."${tables.get(collection)!}"
       WHERE words @@ ${all} AND NOT words @@ ${words} AND NOT (key <> '' AND ${begins}) AND ${shown}
       ORDER BY words @@ ${one} DESC, words @@ ${two} DESC, popularity DESC, id LIMIT ${limit}`,
    ];
  });
  const asking = new Map([...tables].filter(([collection]) => asked.questions.has(collection)));
  return find(executor, 'search_typo', asking, parts, parameters);
}

/** Words of each collection that have a leftover in common with what was typed. */
export async function findTerms(
  executor: Executor,
  tables: Tables,
  leftovers: readonly number[],
): Promise<Map<CollectionName, string[]>> {
  const text = [...tables]
    .map(
      ([collection, table]) =>
        `SELECT '${collection}' AS collection, word FROM search."${table}_term" WHERE leftovers && $1::int[]`,
    )
    .join(' UNION ALL ');
  const name = statementName('search_term', tables);
  const found = new Map([...tables.keys()].map((collection): [CollectionName, string[]] => [collection, []]));
  for (const row of await query<{ collection: CollectionName; word: string }>(executor, name, text, [leftovers])) {
    found.get(row.collection)!.push(row.word);
  }
  return found;
}

type Part = [collection: CollectionName, text: string];
type Row = { [Name in CollectionName]: { collection: Name; source: FoundDocuments[Name][number] } }[CollectionName];

async function find(
  executor: Executor,
  name: string,
  tables: Tables,
  parts: readonly Part[],
  { values }: Parameters,
): Promise<FoundDocuments> {
  const text = parts.map(([collection, part]) => `SELECT '${collection}' AS collection, source FROM (${part}) found`);
  const rows = await query<Row>(executor, statementName(name, tables), text.join(' UNION ALL '), values);
  const found: FoundDocuments = { users: [], hashtags: [], posts: [] };
  for (const { collection, source } of rows) (found[collection] as unknown[]).push(source);
  return found;
}

/** The same for the same text: what differs are the tables. */
function statementName(name: string, tables: Tables): string {
  return [name, ...tables.values()].join('_');
}

function shownTo({ hiddenIds, privateIds }: Audience, { add }: Parameters): string {
  return `owner_id <> ALL(${add(hiddenIds, 'bigint[]')}) AND (NOT restricted OR owner_id = ANY(${add(privateIds, 'bigint[]')}))`;
}

const LAST = '\u{10ffff}';

/** Between a key and the last text that begins with it: a range of the index whatever the database's collation is. */
function beginsWith(key: string, { add }: Parameters): string {
  return `key COLLATE "C" >= ${add(key, 'text')} AND key COLLATE "C" < ${add(key + LAST, 'text')}`;
}
