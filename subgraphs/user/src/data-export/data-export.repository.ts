import { type Executor, query, statement } from '@tintype/postgres';
import type { DataExportState } from '#generated/graphql.ts';
import type { Attempt, DataExportModel } from './data-export.model.ts';
import { KEPT_DAYS, ONE_PER_HOURS } from './data-export.rules.ts';

const COLUMNS = `id, user_id AS "userId", state, requested_at AS "requestedAt", done, total, byte_size AS "byteSize",
  expires_at AS "expiresAt", failure_reason AS "failureReason", attempts`;

const EXPORT_LATEST = statement(
  'data_export_latest',
  `SELECT ${COLUMNS} FROM "user".data_export
   WHERE user_id = $1 AND state <> 'ENDED' AND (expires_at IS NULL OR expires_at > now()) ORDER BY id DESC LIMIT 1`,
).narrow<{ state: DataExportState }>();

export async function findLatestExport(executor: Executor, userId: bigint): Promise<DataExportModel | null> {
  return (await query(executor, EXPORT_LATEST, [userId]))[0] ?? null;
}

const EXPORT_ADD = statement(
  'data_export_add',
  `INSERT INTO "user".data_export (id, user_id)
   SELECT $1::bigint, $2::bigint WHERE NOT EXISTS (
     SELECT FROM "user".data_export
     WHERE user_id = $2 AND state <> 'FAILED' AND requested_at > now() - $3 * interval '1 hour')
   RETURNING ${COLUMNS}`,
).narrow<{ state: DataExportState }>();

/** For a locked account without an unfinished export. @returns null if it already got one lately */
export async function addExport(tx: Executor, id: bigint, userId: bigint): Promise<DataExportModel | null> {
  return (await query(tx, EXPORT_ADD, [id, userId, ONE_PER_HOURS]))[0] ?? null;
}

const EXPORT_CLAIM = statement(
  'data_export_claim',
  `UPDATE "user".data_export SET state = 'RUNNING', attempts = attempts + 1, done = 0, total = NULL,
     due_at = now() + $1 * interval '1 millisecond'
   WHERE id = (SELECT id FROM "user".data_export WHERE due_at <= now() AND state IN ('PENDING', 'RUNNING')
               ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
   RETURNING id, user_id AS "userId", attempts`,
);

/**
 * Begins an attempt of an export that is due: a new one, or one whose process has not shown for `leaseMs` that it is
 * alive.
 */
export async function claimExport(executor: Executor, leaseMs: number): Promise<Attempt | null> {
  return (await query(executor, EXPORT_CLAIM, [leaseMs]))[0] ?? null;
}

const EXPORT_PROGRESS = statement(
  'data_export_progress',
  `UPDATE "user".data_export SET done = $3, total = $4?, due_at = now() + $5 * interval '1 millisecond'
   WHERE id = $1 AND attempts = $2 AND state = 'RUNNING' RETURNING id`,
);

/** Shows that the process is alive, and how far it is. @returns whether it may go on */
export async function recordProgress(
  executor: Executor,
  { id, attempts }: Attempt,
  { done, total }: { done: number; total: number | null },
  leaseMs: number,
): Promise<boolean> {
  return (await query(executor, EXPORT_PROGRESS, [id, attempts, done, total, leaseMs])).length > 0;
}

const EXPORT_READY = statement(
  'data_export_ready',
  `UPDATE "user".data_export SET state = 'READY', done = $3, total = $3, byte_size = $4, due_at = NULL,
     expires_at = now() + $5 * interval '1 day'
   WHERE id = $1 AND attempts = $2 AND state = 'RUNNING' RETURNING id`,
);
const EXPORT_REPLACE = statement(
  'data_export_replace',
  `UPDATE "user".data_export SET state = 'ENDED', expires_at = now()
   WHERE user_id = $1 AND id < $2 AND due_at IS NULL AND state <> 'ENDED'`,
);

/** Makes an export the only one of its person. @returns whether this attempt was still the current one */
export async function finishExport(
  tx: Executor,
  { id, userId, attempts }: Attempt,
  written: { parts: number; byteSize: bigint },
): Promise<boolean> {
  const { parts, byteSize } = written;
  const isCurrent = (await query(tx, EXPORT_READY, [id, attempts, parts, byteSize, KEPT_DAYS])).length > 0;
  if (isCurrent) await query(tx, EXPORT_REPLACE, [userId, id]);
  return isCurrent;
}

const EXPORT_POSTPONE = statement(
  'data_export_postpone',
  `UPDATE "user".data_export SET state = 'PENDING', due_at = now() + $3 * interval '1 millisecond',
     attempts = attempts - CASE WHEN $4::boolean THEN 0 ELSE 1 END
   WHERE id = $1 AND attempts = $2 AND state = 'RUNNING'`,
);

/** @param counts whether the attempt counts */
export async function postponeExport(
  executor: Executor,
  { id, attempts }: Attempt,
  afterMs: number,
  counts: boolean,
): Promise<void> {
  await query(executor, EXPORT_POSTPONE, [id, attempts, afterMs, counts]);
}

const EXPORT_FAIL = statement(
  'data_export_fail',
  `UPDATE "user".data_export SET state = 'FAILED', failure_reason = $3, due_at = NULL,
     expires_at = now() + $4 * interval '1 day'
   WHERE id = $1 AND attempts = $2 AND state = 'RUNNING'`,
);

export async function failExport(executor: Executor, { id, attempts }: Attempt, reason: string): Promise<void> {
  await query(executor, EXPORT_FAIL, [id, attempts, reason, KEPT_DAYS]);
}

const EXPORT_RELEASE = statement(
  'data_export_release',
  `UPDATE "user".data_export SET due_at = NULL WHERE id = $1 AND attempts = $2 AND state = 'ENDED'`,
);

/** Lets the files of an ended export be removed, now that this process no longer writes them. */
export async function releaseExport(executor: Executor, { id, attempts }: Attempt): Promise<void> {
  await query(executor, EXPORT_RELEASE, [id, attempts]);
}

const EXPORT_EXPIRED = statement(
  'data_export_expired',
  `SELECT id, user_id AS "userId" FROM "user".data_export
   WHERE expires_at <= now() AND (due_at IS NULL OR due_at <= now()) ORDER BY expires_at LIMIT $1`,
);

/** Exports whose files are to be removed, and which no process is writing. */
export function listExpiredExports(executor: Executor, limit: number): Promise<{ id: bigint; userId: bigint }[]> {
  return query(executor, EXPORT_EXPIRED, [limit]);
}

const EXPORT_REMOVE = statement('data_export_remove', 'DELETE FROM "user".data_export WHERE id = $1');

/** Once its files are removed. */
export async function removeExport(executor: Executor, id: bigint): Promise<void> {
  await query(executor, EXPORT_REMOVE, [id]);
}

const EXPORTS_END = statement(
  'data_exports_end',
  `UPDATE "user".data_export SET state = 'ENDED', expires_at = now() WHERE user_id = $1`,
);

/** For a deleted account: a job removes the files, and then the rows. */
export async function endExports(tx: Executor, userId: bigint): Promise<void> {
  await query(tx, EXPORTS_END, [userId]);
}
