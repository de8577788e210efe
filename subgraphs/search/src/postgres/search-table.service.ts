import type { Executor } from '@tintype/postgres';
import type { CollectionName, Documents } from '#index-store/documents.ts';
import type { SearchRequest } from '#index-store/search-index.ts';
import { NICKNAMES } from '#text/nicknames.ts';
import type { ParsedQuery } from '#text/query.rules.ts';
import { editsOf } from '#text/words.rules.ts';
import { findByKeyAndWords, findByTypos, findByWords, findTerms } from './hit.repository.ts';
import { leftoversOfTyped } from './leftovers.rules.ts';
import { allOf, term } from './tsquery.rules.ts';
import { type Correction, correct, typoQueries } from './typo.rules.ts';

/** Searches one table, first for what fits and then, where hits are wanting, for what fits within typos. */
export async function searchTable<Name extends CollectionName>(asked: {
  pool: Executor;
  table: string;
  collection: Name;
  request: SearchRequest;
}): Promise<Documents[Name][]> {
  const { pool, table, collection, request } = asked;
  const { query, audience, offset } = request;
  const wanted = offset + request.limit;
  const words = wordsQuery(query);
  const strict = collection === 'posts' ? findByWords : findByKeyAndWords;
  const asksStrict = request.typos !== 'only';
  const found = asksStrict ? await strict<Name>(pool, table, { query, audience, limit: wanted, words }) : [];
  if (found.length < wanted && request.typos !== false) {
    const meant = await corrections(pool, table, query);
    const levels = typoQueries(query, collection === 'users' ? withNicknames(meant, query.words) : meant);
    const limit = wanted - found.length;
    if (levels) found.push(...(await findByTypos<Name>(pool, table, { query, audience, limit, words, levels })));
  }
  return found.slice(offset);
}

function wordsQuery({ words, lastIsPrefix }: ParsedQuery): string {
  return allOf(words.map((word, index) => term(word, lastIsPrefix && index === words.length - 1)));
}

/** What each word that may be wrong, and the whole query as one word, may have been meant to be. */
async function corrections(pool: Executor, table: string, query: ParsedQuery): Promise<Map<string, Correction>> {
  const { words, key, lastIsPrefix } = query;
  const typed = [...new Set([...words, key])].filter((word) => editsOf(word) > 0);
  if (typed.length === 0) return new Map();
  const leftovers = typed.flatMap((word) => leftoversOfTyped(word, editsOf(word) as 1 | 2));
  const candidates = await findTerms(pool, table, [...new Set(leftovers)]);
  const mayGoOn = (word: string) => lastIsPrefix && (word === words.at(-1) || word === key);
  return new Map(typed.map((word) => [word, correct(word, candidates, mayGoOn(word))]));
}

/** Other forms of given names, as near as one edit. */
function withNicknames(found: ReadonlyMap<string, Correction>, words: readonly string[]): Map<string, Correction> {
  const all = new Map(found);
  for (const word of words) {
    const others = NICKNAMES.filter((names) => names.includes(word)).flat();
    if (others.length === 0) continue;
    const { one = [], two = [], beginnings = [] } = all.get(word) ?? {};
    all.set(word, { one: [...new Set([...one, ...others])], two, beginnings });
  }
  return all;
}
