import { type Executor, query, statement } from '@tintype/postgres';
import type { UploadPurpose } from '#generated/graphql.ts';
import type { UploadModel, UploadQuota, UploadRef } from './upload.rules.ts';

const COLUMNS = 'id, content_type AS "contentType", byte_size AS "byteSize", purpose';

/** The first half of the advisory locks on owners' quotas: an arbitrary number. */
const QUOTA_LOCK = 7_215_005;

const UPLOAD_INSERT = statement(
  'upload_insert',
  `INSERT INTO post.upload (owner_id, id, content_type, byte_size, purpose, expires_at)
   SELECT $1, new.*, $6 FROM unnest($2::bigint[], $3::text[], $4::int[], $5::text[]) AS new
   WHERE NOT EXISTS (SELECT FROM post.erased_person WHERE user_id = $1)`,
);

/** Writes nothing if the account of the owner is erased. */
export async function insertUploads(
  executor: Executor,
  ownerId: bigint,
  uploads: readonly UploadModel[],
  expiresAt: Date,
): Promise<void> {
  await query(executor, UPLOAD_INSERT, [
    ownerId,
    uploads.map((upload) => upload.id),
    uploads.map((upload) => upload.contentType),
    uploads.map((upload) => upload.byteSize),
    uploads.map((upload) => upload.purpose),
    expiresAt,
  ]);
}

const UPLOAD_QUOTA_LOCK = statement('upload_quota_lock', 'SELECT pg_advisory_xact_lock($1, hashint8($2))');
const UPLOAD_QUOTA = statement(
  'upload_quota',
  `SELECT count(*)::float8 AS "dailyFiles!", coalesce(sum(byte_size), 0)::float8 AS "dailyBytes!",
     count(*) FILTER (WHERE consumed_at IS NULL AND expires_at > now())::float8 AS "waitingFiles!",
     coalesce(sum(byte_size) FILTER (WHERE consumed_at IS NULL AND expires_at > now()), 0)::float8 AS "waitingBytes!"
   FROM post.upload WHERE owner_id = $1 AND id >= $2`,
);

/** How much of their quota an owner has used. It is locked until the transaction ends, so concurrent requests wait. */
export async function lockUsedQuota(tx: Executor, ownerId: bigint, sinceId: bigint): Promise<UploadQuota> {
  await query(tx, UPLOAD_QUOTA_LOCK, [QUOTA_LOCK, ownerId]);
  const [used] = await query(tx, UPLOAD_QUOTA, [ownerId, sinceId]);
  return used!;
}

const UPLOAD_FIND = statement(
  'upload_find',
  `SELECT ${COLUMNS}, consumed_at IS NOT NULL AS "used!" FROM post.upload
   WHERE owner_id = $1 AND id = ANY($2) AND purpose = $3 AND (consumed_at IS NOT NULL OR expires_at > now())`,
).narrow<Pick<UploadModel, 'contentType' | 'purpose'>>();

/**
 * Uploads of this owner that can still be used, and those that were used already. Expired and unknown uploads are
 * missing.
 */
export function findUploads(
  executor: Executor,
  ownerId: bigint,
  ids: readonly bigint[],
  purpose: UploadPurpose,
): Promise<(UploadModel & { used: boolean })[]> {
  return query(executor, UPLOAD_FIND, [ownerId, ids, purpose]);
}

const UPLOAD_CONSUME = statement(
  'upload_consume',
  `UPDATE post.upload SET consumed_at = now()
   WHERE owner_id = $1 AND id = ANY($2) AND consumed_at IS NULL AND expires_at > clock_timestamp() RETURNING id`,
);

/** Marks uploads as used unless they have expired. @returns the ids of those that were not used before */
export async function consumeUploads(tx: Executor, ownerId: bigint, ids: readonly bigint[]): Promise<bigint[]> {
  const rows = await query(tx, UPLOAD_CONSUME, [ownerId, ids]);
  return rows.map((row) => row.id);
}

const UPLOAD_GET = statement('upload_get', `SELECT ${COLUMNS} FROM post.upload WHERE owner_id = $1 AND id = $2`).narrow<
  Pick<UploadModel, 'contentType' | 'purpose'>
>();

export async function findUpload(executor: Executor, { ownerId, id }: UploadRef): Promise<UploadModel | null> {
  const [upload] = await query(executor, UPLOAD_GET, [ownerId, id]);
  return upload ?? null;
}

const UPLOAD_CLOSE = statement(
  'upload_close',
  `UPDATE post.upload SET closed_at = now() WHERE owner_id = $1 AND id = ANY($2) AND closed_at IS NULL`,
);

/** Marks uploads whose file is kept as an original or not needed. Objects that their forms still write are orphans. */
export async function closeUploads(executor: Executor, ownerId: bigint, ids: readonly bigint[]): Promise<void> {
  await query(executor, UPLOAD_CLOSE, [ownerId, ids]);
}

const UPLOAD_FIND_OPEN = statement(
  'upload_find_open',
  `SELECT id AS "id!" FROM unnest($1::bigint[], $2::bigint[]) AS ref(owner_id, id) JOIN post.upload USING (owner_id, id)
   WHERE closed_at IS NULL`,
);

/** Which of these uploads still need the object that their form wrote. */
export async function findOpenUploads(executor: Executor, uploads: readonly UploadRef[]): Promise<Set<bigint>> {
  const rows = await query(executor, UPLOAD_FIND_OPEN, [
    uploads.map((upload) => upload.ownerId),
    uploads.map((upload) => upload.id),
  ]);
  return new Set(rows.map((row) => row.id));
}

const UPLOAD_EXPIRED = statement(
  'upload_expired',
  `SELECT owner_id AS "ownerId", id FROM post.upload
   WHERE expires_at < now() - interval '1 hour' AND consumed_at IS NULL ORDER BY expires_at LIMIT $1`,
);

/** Unused uploads that expired an hour ago. By then, no request that started in time still uses them. */
export function listExpired(executor: Executor, limit: number): Promise<UploadRef[]> {
  return query(executor, UPLOAD_EXPIRED, [limit]);
}

const UPLOAD_DELETE = statement(
  'upload_delete',
  'DELETE FROM post.upload WHERE owner_id = $1 AND id = $2 AND consumed_at IS NULL',
);

export async function deleteUnused(executor: Executor, { ownerId, id }: UploadRef): Promise<void> {
  await query(executor, UPLOAD_DELETE, [ownerId, id]);
}
