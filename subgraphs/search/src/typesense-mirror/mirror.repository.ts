import { type Executor, query, statement, statementFor, transaction } from '@tintype/postgres';
import type pg from 'pg';
import { findAlias } from '#postgres/alias.repository.ts';
import { PATTERN } from '#postgres/tables.rules.ts';
import type { CollectionName, Documents } from '#search-index/documents.ts';

/** A document to copy. Its version changes each time the document is queued. */
export type QueuedDocument = { id: string; version: bigint };

const SEARCH_MIRROR_ENQUEUE = statement(
  'search_mirror_enqueue',
  `INSERT INTO search.mirror AS m (collection, id) SELECT $1, id FROM unnest($2::text[]) AS n(id) ORDER BY id
   ON CONFLICT (collection, id) DO UPDATE SET version = excluded.version, due_at = now()`,
);

/** Queues documents that have changed. One that is being copied right now is copied again. */
export async function enqueue(executor: Executor, collection: CollectionName, ids: readonly string[]): Promise<void> {
  await query(executor, SEARCH_MIRROR_ENQUEUE, [collection, ids]);
}

const SEARCH_MIRROR_ENQUEUE_ALL = statementFor(
  'search_mirror_enqueue_all',
  [PATTERN],
  (table: string) => `INSERT INTO search.mirror (collection, id, queued_at)
     SELECT $1, id, to_timestamp(0) FROM search."${table}" ORDER BY id
   ON CONFLICT (collection, id) DO UPDATE SET queued_at = excluded.queued_at`,
);

/**
 * Queues all documents of the live collection, as if they had waited for long: searches use Postgres until they are
 * copied.
 */
export async function enqueueAll(pool: pg.Pool, collection: CollectionName): Promise<void> {
  const { live } = await findAlias(pool, collection);
  if (live === null) return;
  await transaction(pool, async (tx) => {
    await tx.query('SET LOCAL statement_timeout = 0');
    await query(tx, SEARCH_MIRROR_ENQUEUE_ALL(live), [collection]);
  });
}

const SEARCH_MIRROR_CLAIM = statement(
  'search_mirror_claim',
  `UPDATE search.mirror m SET due_at = now() + $3 * interval '1 ms'
   FROM (SELECT id FROM search.mirror WHERE collection = $1 AND due_at <= now() + interval '1 ms' ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED) n
   WHERE m.collection = $1 AND m.id = n.id RETURNING m.id, m.version`,
);

/**
 * Reserves documents for the time of the lease. If the process dies, another one takes them after that. Documents are
 * taken up to a millisecond early, because the column rounds times, sometimes up.
 */
export function claim(
  executor: Executor,
  collection: CollectionName,
  options: { first: number; leaseMs: number },
): Promise<QueuedDocument[]> {
  return query(executor, SEARCH_MIRROR_CLAIM, [collection, options.first, options.leaseMs]);
}

const SEARCH_MIRROR_POSTPONE = statement(
  'search_mirror_postpone',
  `UPDATE search.mirror m SET due_at = now() + $4 * interval '1 ms'
   FROM unnest($2::text[], $3::bigint[]) AS n(id, version) WHERE m.collection = $1 AND m.id = n.id AND m.version = n.version`,
);

/** Lets documents that could not be copied wait, unless they have changed since. */
export async function postpone(
  executor: Executor,
  collection: CollectionName,
  documents: readonly QueuedDocument[],
  delayMs: number,
): Promise<void> {
  await query(executor, SEARCH_MIRROR_POSTPONE, [
    collection,
    documents.map(({ id }) => id),
    documents.map((one) => one.version),
    delayMs,
  ]);
}

const SEARCH_MIRROR_DEQUEUE = statement(
  'search_mirror_dequeue',
  `DELETE FROM search.mirror m USING unnest($2::text[], $3::bigint[]) AS n(id, version)
   WHERE m.collection = $1 AND m.id = n.id AND m.version = n.version RETURNING m.id`,
);

/**
 * Removes copied documents from the queue. A document that changed in the meantime stays. One that another process
 * copied and removed in the meantime is queued again, because this process may have overwritten its newer state.
 */
export async function dequeue(
  pool: pg.Pool,
  collection: CollectionName,
  documents: readonly QueuedDocument[],
): Promise<void> {
  const rows = await query(pool, SEARCH_MIRROR_DEQUEUE, [
    collection,
    documents.map(({ id }) => id),
    documents.map((one) => one.version),
  ]);
  const removed = new Set(rows.map(({ id }) => id));
  const overtaken = documents.filter(({ id }) => !removed.has(id)).map(({ id }) => id);
  if (overtaken.length > 0) await enqueue(pool, collection, overtaken);
}

const SEARCH_MIRROR_WAITING = statement(
  'search_mirror_waiting',
  `SELECT count(*)::int AS "waiting!" FROM (
  SELECT 1 FROM search.mirror WHERE queued_at <= now() - $1 * interval '1 ms' LIMIT $2) AS old`,
);

/** @returns how many documents have waited for longer, counted up to `most` */
export async function countWaiting(executor: Executor, olderThanMs: number, most: number): Promise<number> {
  const [row] = await query(executor, SEARCH_MIRROR_WAITING, [olderThanMs, most]);
  return row!.waiting;
}

const READ = statementFor(
  'search_mirror_read',
  [PATTERN],
  (table: string) => `SELECT source FROM search."${table}" WHERE id = ANY($1)`,
);

/** Documents of the live collection, as the Postgres driver has them. Removed ones are left out. */
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
