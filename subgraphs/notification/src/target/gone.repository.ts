import { type Executor, query, statement } from '@tintype/postgres';

const GONE_ADD = statement(
  'gone_add',
  `INSERT INTO notification.gone_target (target_id) SELECT unnest($1::bigint[]) ORDER BY 1 ON CONFLICT DO NOTHING`,
);

/** Notes posts or comments as deleted. */
export async function addGone(executor: Executor, targetIds: readonly bigint[]): Promise<void> {
  await query(executor, GONE_ADD, [targetIds]);
}

const GONE_FIND = statement(
  'gone_find',
  'SELECT target_id AS "targetId" FROM notification.gone_target WHERE target_id = ANY($1)',
);

/** Those of these that were deleted. */
export async function findGone(executor: Executor, targetIds: readonly bigint[]): Promise<Set<bigint>> {
  if (targetIds.length === 0) return new Set();
  const rows = await query(executor, GONE_FIND, [targetIds]);
  return new Set(rows.map((row) => row.targetId));
}
