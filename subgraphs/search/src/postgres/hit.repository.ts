import { type Executor, query } from '@tintype/postgres';
import type { CollectionName, Documents } from '#index-store/documents.ts';
import type { Audience } from '#index-store/search-index.ts';
import type { ParsedQuery } from '#text/query.rules.ts';

type Hit<Name extends CollectionName> = { source: Documents[Name] };

/** In each statement the first parameters are hidden owners, owners of restricted documents that are shown, limit, and the range of keys. */
const SHOWN = 'owner_id <> ALL($1::bigint[]) AND (NOT restricted OR owner_id = ANY($2::bigint[]))';
/** Between a key and the last text that begins with it: a range of the index whatever the database's collation is. */
const IN_RANGE = 'key COLLATE "C" >= $4 AND key COLLATE "C" < $5';
const LAST = '\u{10ffff}';

const common = ({ query: { key }, audience, limit }: Asked) => [
  audience.hiddenIds,
  audience.privateIds,
  limit,
  key,
  key + LAST,
];

type Asked = { query: ParsedQuery; audience: Audience; limit: number; words: string };

/**
 * Handles that begin with the query: it itself first, then what has the same letters, then what begins so sign by sign; behind them what has
 * all words. The words are not even looked up where handles are enough.
 */
export async function findByKeyAndWords<Name extends CollectionName>(
  executor: Executor,
  table: string,
  asked: Asked,
): Promise<Documents[Name][]> {
  const rows = await query<Hit<Name>>(
    executor,
    `search_key_words_${table}`,
    `WITH keyed AS MATERIALIZED (
       SELECT source FROM search."${table}" WHERE ${IN_RANGE} AND ${SHOWN}
       ORDER BY handle = $6 DESC, key = $4 DESC, starts_with(handle, $6) DESC, popularity DESC, id LIMIT $3
     ), worded AS (
       SELECT source FROM search."${table}"
       WHERE (SELECT count(*) FROM keyed) < $3 AND words @@ $7::tsquery AND NOT (${IN_RANGE}) AND ${SHOWN}
       ORDER BY popularity DESC, id LIMIT $3
     )
     SELECT source FROM keyed UNION ALL SELECT source FROM worded LIMIT $3`,
    [...common(asked), asked.query.handle, asked.words],
  );
  return rows.map(({ source }) => source);
}

/** What has all words, of documents without handles. */
export async function findByWords<Name extends CollectionName>(
  executor: Executor,
  table: string,
  { audience, limit, words }: Asked,
): Promise<Documents[Name][]> {
  const rows = await query<Hit<Name>>(
    executor,
    `search_words_${table}`,
    `SELECT source FROM search."${table}" WHERE words @@ $4::tsquery AND ${SHOWN} ORDER BY popularity DESC, id LIMIT $3`,
    [audience.hiddenIds, audience.privateIds, limit, words],
  );
  return rows.map(({ source }) => source);
}

/** @param levels questions, each wider than the one before: what fits an earlier one comes first */
export async function findByTypos<Name extends CollectionName>(
  executor: Executor,
  table: string,
  asked: Asked & { levels: readonly string[] },
): Promise<Documents[Name][]> {
  const rows = await query<Hit<Name>>(
    executor,
    `search_typos_${table}`,
    `SELECT source FROM search."${table}"
     WHERE words @@ $9::tsquery AND NOT words @@ $6::tsquery AND NOT (key <> '' AND ${IN_RANGE}) AND ${SHOWN}
     ORDER BY words @@ $7::tsquery DESC, words @@ $8::tsquery DESC, popularity DESC, id LIMIT $3`,
    [...common(asked), asked.words, ...asked.levels],
  );
  return rows.map(({ source }) => source);
}

/** Words of the collection that have a leftover in common with what was typed. */
export async function findTerms(executor: Executor, table: string, leftovers: readonly number[]): Promise<string[]> {
  const text = 'SELECT word FROM search.near_terms($1, $2::int[]) AS word';
  const rows = await query<{ word: string }>(executor, 'search_near_terms', text, [`${table}_term`, leftovers]);
  return rows.map(({ word }) => word);
}
