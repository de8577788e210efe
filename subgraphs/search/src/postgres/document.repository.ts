import { type Executor, query, statementFor } from '@tintype/postgres';
import { type CollectionName, type Documents, ownerOf } from '#search-index/documents.ts';
import { isTypedWord } from '#text/hangul.rules.ts';
import { fieldsOf } from '#text/rank.rules.ts';
import { isNameWord, nameWord } from './match.rules.ts';
import { deletesOf, MIN_TERM } from './symspell-deletes.rules.ts';
import { PATTERN, termsOf } from './tables.rules.ts';
import { vector } from './tsquery.rules.ts';

type Row = {
  id: string;
  ownerId: string;
  restricted: boolean;
  handle: string;
  key: string;
  words: string[];
  popularity: number;
  source: string;
};

export function toRow<Name extends CollectionName>(collection: Name, document: Documents[Name]): Row {
  const { id, popularity } = document;
  const { owner: ownerId, restricted } = ownerOf(collection, document);
  const { names, words, ...fields } = fieldsOf(collection, document);
  const source = JSON.stringify(document);
  return { id, popularity, ownerId, restricted, ...fields, words: [...words, ...names.map(nameWord)], source };
}

const UPSERT = statementFor(
  'search_upsert',
  [PATTERN],
  (
    table: string,
  ) => `INSERT INTO search."${table}" AS d (id, owner_id, restricted, handle, key, words, popularity, source)
   SELECT id, owner_id, restricted, handle, key, words::tsvector, popularity, source::jsonb
   FROM unnest($1::text[], $2::text[]::bigint[], $3::boolean[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::text[])
     AS n(id, owner_id, restricted, handle, key, words, popularity, source) ORDER BY id
   ON CONFLICT (id) DO UPDATE SET owner_id = excluded.owner_id, restricted = excluded.restricted, handle = excluded.handle,
     key = excluded.key, words = excluded.words, popularity = excluded.popularity, source = excluded.source`,
);

/** @param table of the collection */
export async function upsertRows(executor: Executor, table: string, rows: readonly Row[]): Promise<void> {
  await query(executor, UPSERT(table), [
    rows.map((row) => row.id),
    rows.map((row) => row.ownerId),
    rows.map((row) => row.restricted),
    rows.map((row) => row.handle),
    rows.map((row) => row.key),
    rows.map((row) => vector(row.words)),
    rows.map((row) => row.popularity),
    rows.map((row) => row.source),
  ]);
}

const TERMS_KNOWN = statementFor(
  'search_terms_known',
  [PATTERN],
  (table: string) => `SELECT word FROM search."${termsOf(table)}" WHERE word = ANY($1)`,
);
const TERMS_ADD = statementFor(
  'search_terms_add',
  [PATTERN],
  (table: string) => `INSERT INTO search."${termsOf(table)}" (word, deletes)
   SELECT word, deletes::int[] FROM unnest($1::text[], $2::text[]) AS n(word, deletes)
   ORDER BY word ON CONFLICT DO NOTHING`,
);

/** Words stay when their last document is removed. They then lead to nothing, and the next reindexing drops them. */
export async function addTerms(executor: Executor, table: string, rows: readonly Row[]): Promise<void> {
  const all = new Set(rows.flatMap((row) => row.words));
  const words = [...all]
    .filter((word) => !isNameWord(word) && !isTypedWord(word) && [...word].length >= MIN_TERM)
    .sort();
  const known = await query(executor, TERMS_KNOWN(table), [words]);
  const there = new Set(known.map(({ word }) => word));
  const added = words.filter((word) => !there.has(word));
  if (added.length === 0) return;
  await query(executor, TERMS_ADD(table), [added, added.map((word) => `{${deletesOf(word).join(',')}}`)]);
}

const REMOVE = statementFor(
  'search_remove',
  [PATTERN],
  (table: string) =>
    `DELETE FROM search."${table}" WHERE id IN (SELECT id FROM search."${table}" WHERE id = ANY($1) ORDER BY id FOR UPDATE)`,
);

export async function removeRows(executor: Executor, table: string, ids: readonly string[]): Promise<void> {
  await query(executor, REMOVE(table), [ids]);
}

const COUNT = statementFor(
  'search_count',
  [PATTERN],
  (table: string) => `SELECT count(*)::int AS "documents!" FROM search."${table}"`,
);

export async function countRows(executor: Executor, table: string): Promise<number> {
  const [row] = await query(executor, COUNT(table), []);
  return row!.documents;
}
