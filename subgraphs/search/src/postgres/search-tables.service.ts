import type { Executor } from '@tintype/postgres';
import type { CollectionName, FoundDocuments } from '#search-index/documents.ts';
import type { SearchRequest } from '#search-index/search-index.ts';
import { NICKNAMES } from '#text/nicknames.ts';
import type { ParsedQuery } from '#text/query.rules.ts';
import { allowedEdits } from '#text/tokens.rules.ts';
import { findByTypos, findMatches, findTerms, type Tables, type TypoQuestion } from './hit.repository.ts';
import { matchesOf } from './match.rules.ts';
import { deletesOfTyped } from './symspell-deletes.rules.ts';
import { type Correction, correct, typoQueries } from './typo.rules.ts';

/**
 * Searches tables, first without typos and then, if hits are missing, with typos. This takes three statements at most.
 */
export async function searchTables(asked: {
  executor: Executor;
  tables: Tables;
  request: SearchRequest;
}): Promise<FoundDocuments> {
  const { executor, tables, request } = asked;
  const { query, viewerFilter, offset } = request;
  const wanted = offset + request.limit;
  const fits = matchesOf(query);
  const found: FoundDocuments =
    request.typos === 'only'
      ? { users: [], hashtags: [], posts: [] }
      : await findMatches(executor, tables, { query, viewerFilter, fits, limit: wanted });
  const wanting = new Map([...tables].filter(([collection]) => found[collection].length < wanted));
  if (request.typos !== false && wanting.size > 0) {
    const questions = new Map<CollectionName, TypoQuestion>();
    for (const [collection, meant] of await corrections(executor, wanting, query)) {
      const levels = typoQueries(query, collection === 'users' ? withNicknames(meant, query) : meant);
      if (levels) questions.set(collection, { levels, limit: wanted - found[collection].length });
    }
    if (questions.size > 0) {
      const more = await findByTypos(executor, wanting, { query, viewerFilter, fits, questions });
      found.users.push(...more.users);
      found.hashtags.push(...more.hashtags);
      found.posts.push(...more.posts);
    }
  }
  return {
    users: found.users.slice(offset),
    hashtags: found.hashtags.slice(offset),
    posts: found.posts.slice(offset),
  };
}

/** For each collection, the corrections of each word that may be wrong, and of the whole query as one word. */
async function corrections(
  executor: Executor,
  tables: Tables,
  query: ParsedQuery,
): Promise<Map<CollectionName, Map<string, Correction>>> {
  const { words, key, lastIsPrefix } = query;
  const whole = { word: key, edits: allowedEdits(key), isPrefix: lastIsPrefix };
  const typed = new Map([...words, whole].filter(({ edits }) => edits > 0).map((asked) => [asked.word, asked]));
  if (typed.size === 0) return new Map([...tables.keys()].map((collection) => [collection, new Map()]));
  const deletes = [...typed.values()].flatMap(({ word, edits }) => deletesOfTyped(word, edits as 1 | 2));
  const candidates = await findTerms(executor, tables, [...new Set(deletes)]);
  return new Map(
    [...candidates].map(([collection, near]) => [
      collection,
      new Map([...typed.values()].map(({ word, isPrefix }) => [word, correct(word, near, isPrefix)])),
    ]),
  );
}

/** Other forms of given names count as one edit. */
function withNicknames(found: ReadonlyMap<string, Correction>, { words }: ParsedQuery): Map<string, Correction> {
  const all = new Map(found);
  for (const { word } of words) {
    const others = NICKNAMES.filter((names) => names.includes(word)).flat();
    if (others.length === 0) continue;
    const { one = [], two = [], beginnings = [] } = all.get(word) ?? {};
    all.set(word, { one: [...new Set([...one, ...others])], two, beginnings });
  }
  return all;
}
