import { schemaOf } from '@tintype/schema/subgraphs';
import type { Owner, SqlExecutor } from '#event.ts';

/** Notes that a person is gone for good: from now on `findErased` says so. Repeats change nothing. */
export async function noteErased(executor: SqlExecutor, owner: Owner, userId: bigint): Promise<void> {
  await executor.query(
    `insert into "${schemaOf(owner)}"."erased_person" (user_id) values ($1::bigint) on conflict do nothing`,
    [String(userId)],
  );
}

/**
 * Those of these people of whom this owner has erased everything, or is doing so. Who looks after the commit of what they wrote misses
 * nothing: either they see the note here, or the erasure that follows the note sees what they wrote.
 */
export async function findErased(
  executor: SqlExecutor,
  owner: Owner,
  userIds: readonly bigint[],
): Promise<Set<bigint>> {
  if (userIds.length === 0) return new Set();
  const { rows } = await executor.query(
    `select user_id::text as id from "${schemaOf(owner)}"."erased_person" where user_id = any($1::text::bigint[])`,
    [`{${userIds.join(',')}}`],
  );
  return new Set(rows.map((row) => BigInt((row as { id: string }).id)));
}
