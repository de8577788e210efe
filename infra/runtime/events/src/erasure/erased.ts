import { type Executor, query, statementFor } from '@tintype/postgres';
import { schemaOf } from '@tintype/schema/subgraphs';
import { type Owner, SAMPLE_SCHEMA } from '#event.ts';

const NOTE = statementFor(
  'erased_note',
  [SAMPLE_SCHEMA],
  (schema: string) => `insert into "${schema}".erased_person (user_id) values ($1) on conflict do nothing`,
);
const FIND = statementFor(
  'erased_find',
  [SAMPLE_SCHEMA],
  (schema: string) => `select user_id as id from "${schema}".erased_person where user_id = any($1)`,
);

/** Notes that a person is gone for good: from now on `findErased` says so. Repeats change nothing. */
export async function noteErased(executor: Executor, owner: Owner, userId: bigint): Promise<void> {
  await query(executor, NOTE(schemaOf(owner)), [userId]);
}

/**
 * Those of these people of whom this owner has erased everything, or is doing so. Who looks after the commit of what they wrote misses
 * nothing: either they see the note here, or the erasure that follows the note sees what they wrote.
 */
export async function findErased(executor: Executor, owner: Owner, userIds: readonly bigint[]): Promise<Set<bigint>> {
  if (userIds.length === 0) return new Set();
  const rows = await query(executor, FIND(schemaOf(owner)), [userIds]);
  return new Set(rows.map(({ id }) => id));
}
