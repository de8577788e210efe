import { type Executor, query, type Statement, statementLike } from '@tintype/postgres';
import type { CollectionName, Documents, FoundDocuments } from '#search-index/documents.ts';
import type { ViewerFilter } from '#search-index/search-index.ts';
import type { ParsedQuery } from '#text/query.rules.ts';
import { RANKS, type Rank } from '#text/rank.rules.ts';
import type { Matches } from './match.rules.ts';
import { createParameters, type Parameters } from './parameters.ts';
import { PATTERN, termsOf } from './tables.rules.ts';
import { anyOf } from './tsquery.rules.ts';

/** Tables to search, by collection. Each statement searches all of them. */
export type Tables = ReadonlyMap<CollectionName, string>;

type Asked = { query: Pick<ParsedQuery, 'key' | 'handle'>; viewerFilter: ViewerFilter; fits: Matches };
type MatchRequest = Asked & { limit: number };
type Typos = Asked & { questions: ReadonlyMap<CollectionName, TypoQuestion> };

/**
 * Matches of each collection, up to `limit` each, in the order of `RANKS`, which the parts repeat: names, then whole
 * words, then handles that begin with the query, then words that do. A part is not evaluated if the parts before it
 * return enough.
 */
export function findMatches(executor: Executor, tables: Tables, asked: MatchRequest): Promise<FoundDocuments> {
  const name = asked.fits.started === null ? 'search_fit_whole' : 'search_fit';
  const { text, values } = writeMatches(tables, asked);
  return find(executor, FIT(statementName(name, tables), text), values);
}

function writeMatches(tables: Tables, asked: MatchRequest): Written {
  const parameters = createParameters();
  const shown = shownTo(asked.viewerFilter, parameters);
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
  return written(parts, parameters);
}

/** Documents that match a condition and none of the earlier ones. */
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

/** Matches that need typo tolerance. */
export type TypoQuestion = {
  /** Tsqueries, each wider than the one before. Matches of earlier ones come first. */
  levels: readonly [string, string, string];
  limit: number;
};

/** @param questions the query of each collection to search, by table */
export function findByTypos(executor: Executor, tables: Tables, asked: Typos): Promise<FoundDocuments> {
  const asking = new Map([...tables].filter(([collection]) => asked.questions.has(collection)));
  const { text, values } = writeTypos(asking, asked);
  return find(executor, TYPO(statementName('search_typo', asking), text), values);
}

function writeTypos(tables: Tables, asked: Typos): Written {
  const parameters = createParameters();
  const shown = shownTo(asked.viewerFilter, parameters);
  const fitting = parameters.add(anyOf([asked.fits.started ?? asked.fits.whole, asked.fits.name]), 'tsquery');
  const begins = beginsWith(asked.query.key, parameters);
  const parts = [...tables].map(([collection, table]): Part => {
    const question = asked.questions.get(collection)!;
    const [one, two, all] = question.levels.map((level) => parameters.add(level, 'tsquery'));
    const limit = parameters.add(question.limit, 'bigint');
    return [
      collection,
      `SELECT source, ${RANKS.typo} AS rank FROM search."${table}"
       WHERE words @@ ${all} AND NOT words @@ ${fitting} AND NOT (key <> '' AND ${begins}) AND ${shown}
       ORDER BY words @@ ${one} DESC, words @@ ${two} DESC, popularity DESC, id LIMIT ${limit}`,
    ];
  });
  return written(parts, parameters);
}

/** Words of each collection that share a delete with a typed word. */
export async function findTerms(
  executor: Executor,
  tables: Tables,
  deletes: readonly number[],
): Promise<Map<CollectionName, string[]>> {
  const statement = TERM(statementName('search_term', tables), termsText(tables));
  const found = new Map([...tables.keys()].map((collection): [CollectionName, string[]] => [collection, []]));
  for (const { collection, word } of await query(executor, statement, [deletes])) {
    found.get(collection as CollectionName)!.push(word);
  }
  return found;
}

function termsText(tables: Tables): string {
  return [...tables]
    .map(
      ([collection, table]) =>
        `SELECT '${collection}' AS "collection!", word AS "word!" FROM search."${termsOf(table)}" WHERE deletes && $1::int[]`,
    )
    .join(' UNION ALL ');
}

type Part = [collection: CollectionName, text: string];
type Written = { text: string; values: readonly unknown[] };

function written(parts: readonly Part[], { values }: Parameters): Written {
  const texts = parts.map(
    ([collection, part]) => `SELECT '${collection}' AS "collection!", source, rank AS "rank!" FROM (${part}) found`,
  );
  return { text: texts.join(' UNION ALL '), values };
}

type Row = { collection: string; source: unknown; rank: number };

async function find(
  executor: Executor,
  statement: Statement<readonly unknown[], Row>,
  values: readonly unknown[],
): Promise<FoundDocuments> {
  const found: FoundDocuments = { users: [], hashtags: [], posts: [] };
  for (const { collection, source, rank } of await query(executor, statement, values)) {
    const one = { document: source as Documents[CollectionName], rank: rank as Rank };
    (found[collection as CollectionName] as (typeof one)[]).push(one);
  }
  return found;
}

/** Statements with the same text are the same but for their tables. */
function statementName(name: string, tables: Tables): string {
  return [name, ...tables.values()].join('_');
}

function shownTo({ hiddenIds, privateIds }: ViewerFilter, { add }: Parameters): string {
  return `owner_id <> ALL(${add(hiddenIds, 'bigint[]')}) AND (NOT restricted OR owner_id = ANY(${add(privateIds, 'bigint[]')}))`;
}

const LAST = '\u{10ffff}';

/** Between a key and the last text that begins with it: an index range under any collation of the database. */
function beginsWith(key: string, { add }: Parameters): string {
  return `key COLLATE "C" >= ${add(key, 'text')} AND key COLLATE "C" < ${add(key + LAST, 'text')}`;
}

/** Lets Postgres describe the columns of a search, with every collection and every option. */
const SAMPLE_TABLES: Tables = new Map([
  ['users', PATTERN],
  ['hashtags', PATTERN],
  ['posts', PATTERN],
]);
const SAMPLE: Asked = {
  query: { key: '', handle: '' },
  viewerFilter: { hiddenIds: [], privateIds: [] },
  fits: { name: '', whole: '', started: '' },
};
const QUESTION: TypoQuestion = { levels: ['', '', ''], limit: 1 };
const QUESTIONS = new Map([...SAMPLE_TABLES.keys()].map((collection) => [collection, QUESTION] as const));

const FIT = statementLike('search_fit', writeMatches(SAMPLE_TABLES, { ...SAMPLE, limit: 1 }).text);
const TYPO = statementLike('search_typo', writeTypos(SAMPLE_TABLES, { ...SAMPLE, questions: QUESTIONS }).text);
const TERM = statementLike('search_term', termsText(SAMPLE_TABLES));
