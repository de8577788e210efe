import { type Executor, query } from '@tintype/postgres';
import type { CollectionName, Documents, FoundDocuments } from '#index-store/documents.ts';
import type { Audience } from '#index-store/search-index.ts';
import type { ParsedQuery } from '#text/query.rules.ts';
import { RANKS, type Rank } from '#text/rank.rules.ts';
import type { Fits } from './fits.rules.ts';
import { createParameters, type Parameters } from './parameters.ts';
import { anyOf } from './tsquery.rules.ts';

/** Tables to search, by the collections that they hold: each statement asks all of them. */
export type Tables = ReadonlyMap<CollectionName, string>;

type Asked = { query: ParsedQuery; audience: Audience; fits: Fits };

/**
 * What fits, of each collection as many as `limit`, in the order of `RANKS`, which each part repeats: names, then whole words, then handles
 * that begin with the query, then words that do. A part is not even looked up where those before it are enough.
 */
export function findFitting(
  executor: Executor,
  tables: Tables,
  asked: Asked & { limit: number },
): Promise<FoundDocuments> {
  const parameters = createParameters();
  const shown = shownTo(asked.audience, parameters);
  const { fits, query: typed } = asked;
  const limit = parameters.add(asked.limit, 'bigint');
  const whole = { where: `words @@ ${parameters.add(fits.whole, 'tsquery')}`, rank: `${RANKS.words}` };
  const started =
    fits.started === null
      ? []
      : [{ where: `words @@ ${parameters.add(fits.started, 'tsquery')}`, rank: `${RANKS.wordStart}` }];
  const keyed = (): Step[] => {
    const key = parameters.add(typed.key, 'text');
    const handle = parameters.add(typed.handle, 'text');
    const name = parameters.add(fits.name, 'tsquery');
    return [
      {
        where: `(key COLLATE "C" = ${key} OR words @@ ${name})`,
        rank: `CASE WHEN handle = ${handle} THEN ${RANKS.exact} ELSE ${RANKS.sameName} END`,
      },
      whole,
      {
        where: `(${beginsWith(typed.key, parameters)})`,
        rank: `CASE WHEN starts_with(handle, ${handle}) THEN ${RANKS.handleStart} ELSE ${RANKS.keyStart} END`,
      },
      ...started,
    ];
  };
  const parts = [...tables].map(([collection, table]): Part => {
    const steps = collection === 'posts' ? [whole, ...started] : keyed();
    return [collection, inSteps(table, steps, { shown, limit })];
  });
  return find(executor, fits.started === null ? 'search_fit_whole' : 'search_fit', tables, parts, parameters);
}

/** Documents for which a condition holds and none of those before it. */
type Step = { where: string; rank: string };

function inSteps(table: string, steps: readonly Step[], { shown, limit }: { shown: string; limit: string }): string {
  const parts = steps.map(({ where, rank }, index) => {
    const before = steps.slice(0, index);
    const enough = before.map((_, at) => `(SELECT count(*) FROM step_${at})`).join(' + ');
    const isNew = before.map((step) => ` AND NOT ${step.where}`).join('');
    return `step_${index} AS MATERIALIZED (
      SELECT source, ${rank} AS rank FROM search."${table}"
      WHERE ${index === 0 ? '' : `${enough} < ${limit} AND `}${where}${isNew} AND ${shown}
      ORDER BY rank, popularity DESC, id LIMIT ${limit})`;
  });
  const all = steps.map((_, index) => `SELECT source, rank FROM step_${index}`).join(' UNION ALL ');
  return `WITH ${parts.join(', ')} ${all} LIMIT ${limit}`;
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
  const fitting = parameters.add(anyOf([asked.fits.started ?? asked.fits.whole, asked.fits.name]), 'tsquery');
  const begins = beginsWith(asked.query.key, parameters);
  const parts = [...asked.questions].map(([collection, question]): Part => {
    const [one, two, all] = question.levels.map((level) => parameters.add(level, 'tsquery'));
    const limit = parameters.add(question.limit, 'bigint');
    return [
      collection,
      `SELECT source, ${RANKS.typo} AS rank FROM search."${tables.get(collection)!}"
       WHERE words @@ ${all} AND NOT words @@ ${fitting} AND NOT (key <> '' AND ${begins}) AND ${shown}
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
type Row = { [Name in CollectionName]: { collection: Name; source: Documents[Name]; rank: Rank } }[CollectionName];

async function find(
  executor: Executor,
  name: string,
  tables: Tables,
  parts: readonly Part[],
  { values }: Parameters,
): Promise<FoundDocuments> {
  const text = parts.map(
    ([collection, part]) => `SELECT '${collection}' AS collection, source, rank FROM (${part}) found`,
  );
  const rows = await query<Row>(executor, statementName(name, tables), text.join(' UNION ALL '), values);
  const found: FoundDocuments = { users: [], hashtags: [], posts: [] };
  for (const { collection, source: document, rank } of rows) (found[collection] as unknown[]).push({ document, rank });
  return found;
}

/** The same for the same text: what else differs are the tables. */
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
