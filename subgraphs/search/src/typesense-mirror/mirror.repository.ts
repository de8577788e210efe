import { type Executor, query, statement, statementFor, transaction } from '@tintype/postgres';
import type pg from 'pg';
import { findAlias } from '#postgres/alias.repository.ts';
import { PATTERN } from '#postgres/tables.rules.ts';
import type { CollectionName, Documents } from '#search-index/documents.ts';

/** A document to copy; `mark` tells whether it changed since. */
export type Marked = { id: string; mark: bigint };

const SEARCH_MIRROR_MARK = statement(
  'search_mirror_mark',
  `INSERT INTO search.mirror AS m (collection, id) SELECT $1, id FROM unnest($2::text[]) AS n(id) ORDER BY id
   ON CONFLICT (collection, id) DO UPDATE SET mark = excluded.mark, due_at = now()`,
);

/** Notes that these documents changed. What is being copied right now is copied again. */
export async function mark(executor: Executor, collection: CollectionName, ids: readonly string[]): Promise<void> {
  await query(executor, SEARCH_MIRROR_MARK, [collection, ids]);
}

const SEARCH_MIRROR_MARK_ALL = statementFor(
  'search_mirror_mark_all',
  [PATTERN],
  (table: string) => `INSERT INTO search.mirror (collection, id, marked_at)
     SELECT $1, id, to_timestamp(0) FROM search."${table}" ORDER BY id
   ON CONFLICT (collection, id) DO UPDATE SET marked_at = excluded.marked_at`,
);

/** Notes all documents of the live collection, as late ones: readers go elsewhere until they are copied. */
export async function markAll(pool: pg.Pool, collection: CollectionName): Promise<void> {
  const { live } = await findAlias(pool, collection);
  if (live === null) return;
  await transaction(pool, async (tx) => {
    await tx.query('SET LOCAL statement_timeout = 0');
    await query(tx, SEARCH_MIRROR_MARK_ALL(live), [collection]);
  });
}

const SEARCH_MIRROR_CLAIM = statement(
  'search_mirror_claim',
  `UPDATE search.mirror m SET due_at = now() + $3 * interval '1 ms'
   FROM (SELECT id FROM search.mirror WHERE collection = $1 AND due_at <= now() + interval '1 ms' ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED) n
   WHERE m.collection = $1 AND m.id = n.id RETURNING m.id, m.mark`,
);

/**
 * Takes documents for so long: should the process end meanwhile, another one takes them then. A millisecond early, since the column rounds
 * times, up as well.
 */
export function claim(
  executor: Executor,
  collection: CollectionName,
  options: { first: number; leaseMs: number },
): Promise<Marked[]> {
  return query(executor, SEARCH_MIRROR_CLAIM, [collection, options.first, options.leaseMs]);
}

const SEARCH_MIRROR_PUT_OFF = statement(
  'search_mirror_put_off',
  `UPDATE search.mirror m SET due_at = now() + $4 * interval '1 ms'
   FROM unnest($2::text[], $3::bigint[]) AS n(id, mark) WHERE m.collection = $1 AND m.id = n.id AND m.mark = n.mark`,
);

/** Puts off what could not be copied, unless it changed since. */
export async function putOff(
  executor: Executor,
  collection: CollectionName,
  marked: readonly Marked[],
  delayMs: number,
): Promise<void> {
  await query(executor, SEARCH_MIRROR_PUT_OFF, [
    collection,
    marked.map(({ id }) => id),
    marked.map((one) => one.mark),
    delayMs,
  ]);
}

const SEARCH_MIRROR_SETTLE = statement(
  'search_mirror_settle',
  `DELETE FROM search.mirror m USING unnest($2::text[], $3::bigint[]) AS n(id, mark)
   WHERE m.collection = $1 AND m.id = n.id AND m.mark = n.mark RETURNING m.id`,
);

/**
 * Takes off what was copied. What changed meanwhile stays; what somebody else copied and took off meanwhile is noted anew, since their
 * copy may have been overtaken by this one.
 */
export async function settle(pool: pg.Pool, collection: CollectionName, marked: readonly Marked[]): Promise<void> {
  const rows = await query(pool, SEARCH_MIRROR_SETTLE, [
    collection,
    marked.map(({ id }) => id),
    marked.map((one) => one.mark),
  ]);
  const settled = new Set(rows.map(({ id }) => id));
  const overtaken = marked.filter(({ id }) => !settled.has(id)).map(({ id }) => id);
  if (overtaken.length > 0) await mark(pool, collection, overtaken);
}

const SEARCH_MIRROR_WAITING = statement(
  'search_mirror_waiting',
  `SELECT count(*)::int AS "waiting!" FROM (
  SELECT 1 FROM search.mirror WHERE marked_at <= now() - $1 * interval '1 ms' LIMIT $2) AS old`,
);

/** @returns how many documents wait for longer than that, counted up to `most` */
export async function countWaiting(executor: Executor, olderThanMs: number, most: number): Promise<number> {
  const [row] = await query(executor, SEARCH_MIRROR_WAITING, [olderThanMs, most]);
  return row!.waiting;
}

const READ = statementFor(
  'search_mirror_read',
  [PATTERN],
  (table: string) => `SELECT source FROM search."${table}" WHERE id = ANY($1)`,
);

/** Documents of the live collection as the Postgres driver has them; those that are gone are not among them. */
export async function readDocuments<Name extends CollectionName>(
  pool: pg.Pool,
  collection: Name,
  ids: readonly string[],
): Promise<Documents[Name][]> {
  const { live } = await findAlias(pool, collection);
  if (live === null) return [];
  const rows = await query(pool, READ(live), [ids]);
  return rows.map(({ source }) => source as Documents[Name]);
}
