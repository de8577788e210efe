import { type Executor, query } from '@tintype/postgres';

/** Notes posts or comments as deleted. */
export async function addGone(executor: Executor, targetIds: readonly bigint[]): Promise<void> {
  const text = `INSERT INTO notification.gone_target (target_id) SELECT unnest($1::bigint[]) ORDER BY 1 ON CONFLICT DO NOTHING`;
  await query(executor, 'gone_add', text, [targetIds]);
}

/** Those of these that were deleted. */
export async function findGone(executor: Executor, targetIds: readonly bigint[]): Promise<Set<bigint>> {
  if (targetIds.length === 0) return new Set();
  const text = 'SELECT target_id AS "targetId" FROM notification.gone_target WHERE target_id = ANY($1)';
  const rows = await query<{ targetId: bigint }>(executor, 'gone_find', text, [targetIds]);
  return new Set(rows.map((row) => row.targetId));
}
