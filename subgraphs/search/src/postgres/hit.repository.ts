import { type Executor, query } from '@tintype/postgres';
import type { CollectionName, Documents } from '#index-store/documents.ts';
import type { Audience } from '#index-store/search-index.ts';
import type { ParsedQuery } from '#text/query.rules.ts';

type Hit<Name extends CollectionName> = { source: Documents[Name] };

/** Of these three, every statement takes the same first parameters: hidden owners, owners of restricted documents that are shown, limit. */
const SHOWN = 'owner_id <> ALL($1::bigint[]) AND (NOT restricted OR owner_id = ANY($2::bigint[]))';
/** Between a key and the last text that begins with it: a range of the index whatever the database's collation is. */
const IN_RANGE = 'key ~>=~ $4 AND key ~<~ $5';
const LAST = '\u{10ffff}';

const shownTo = ({ hiddenIds, privateIds }: Audience) => [hiddenIds, privateIds];
const rangeOf = ({ key }: ParsedQuery) => [key, key + LAST];

/** Handles that begin with the query: it itself first, then what has the same letters, then what begins so sign by sign. */
export async function findByKey<Name extends CollectionName>(
  executor: Executor,
  table: string,
  asked: { query: ParsedQuery; audience: Audience; limit: number },
): Promise<Documents[Name][]> {
  const rows = await query<Hit<Name>>(
    executor,
    `search_key_${table}`,
    `SELECT source FROM search."${table}" WHERE ${IN_RANGE} AND ${SHOWN}
     ORDER BY handle = $6 DESC, key = $4 DESC, starts_with(handle, $6) DESC, popularity DESC, id LIMIT $3`,
    [...shownTo(asked.audience), asked.limit, ...rangeOf(asked.query), asked.query.handle],
  );
  return rows.map(({ source }) => source);
}

/** @param withoutKeys passes over what `findByKey` finds */
export async function findByWords<Name extends CollectionName>(
  executor: Executor,
  table: string,
  asked: { query: ParsedQuery; audience: Audience; limit: number; words: string; withoutKeys: boolean },
): Promise<Documents[Name][]> {
  const { audience, limit, words, withoutKeys } = asked;
  const rows = await query<Hit<Name>>(
    executor,
    `search_words_${withoutKeys}_${table}`,
    `SELECT source FROM search."${table}" WHERE words @@ $${withoutKeys ? 6 : 4}::tsquery AND ${SHOWN}
     ${withoutKeys ? `AND NOT (${IN_RANGE})` : ''} ORDER BY popularity DESC, id LIMIT $3`,
    [...shownTo(audience), limit, ...(withoutKeys ? rangeOf(asked.query) : []), words],
  );
  return rows.map(({ source }) => source);
}

/** @param levels questions, each wider than the one before: what fits an earlier one comes first */
export async function findByTypos<Name extends CollectionName>(
  executor: Executor,
  table: string,
  asked: { query: ParsedQuery; audience: Audience; limit: number; words: string; levels: readonly string[] },
): Promise<Documents[Name][]> {
  const { audience, limit, words, levels } = asked;
  const rows = await query<Hit<Name>>(
    executor,
    `search_typos_${table}`,
    `SELECT source FROM search."${table}"
     WHERE words @@ $9::tsquery AND NOT words @@ $6::tsquery AND NOT (key <> '' AND ${IN_RANGE}) AND ${SHOWN}
     ORDER BY words @@ $7::tsquery DESC, words @@ $8::tsquery DESC, popularity DESC, id LIMIT $3`,
    [...shownTo(audience), limit, ...rangeOf(asked.query), words, ...levels],
  );
  return rows.map(({ source }) => source);
}

/** Words of the collection that have a leftover in common with what was typed. */
export async function findTerms(executor: Executor, table: string, leftovers: readonly number[]): Promise<string[]> {
  const text = 'SELECT word FROM search.near_terms($1, $2::int[]) AS word';
  const rows = await query<{ word: string }>(executor, 'search_near_terms', text, [`${table}_term`, leftovers]);
  return rows.map(({ word }) => word);
}
