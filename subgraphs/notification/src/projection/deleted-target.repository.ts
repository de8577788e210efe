import { type Executor, query, statement } from '@tintype/postgres';

const DELETED_TARGET_ADD = statement(
  'deleted_target_add',
  `INSERT INTO notification.deleted_target (target_id) SELECT unnest($1::bigint[]) ORDER BY 1 ON CONFLICT DO NOTHING`,
);

/** Records posts or comments as deleted. */
export async function addDeletedTargets(executor: Executor, targetIds: readonly bigint[]): Promise<void> {
  await query(executor, DELETED_TARGET_ADD, [targetIds]);
}

const DELETED_TARGET_FIND = statement(
  'deleted_target_find',
  'SELECT target_id AS "targetId" FROM notification.deleted_target WHERE target_id = ANY($1)',
);

/** Which of these posts and comments were deleted. */
export async function findDeletedTargets(executor: Executor, targetIds: readonly bigint[]): Promise<Set<bigint>> {
  if (targetIds.length === 0) return new Set();
  const rows = await query(executor, DELETED_TARGET_FIND, [targetIds]);
  return new Set(rows.map((row) => row.targetId));
}
