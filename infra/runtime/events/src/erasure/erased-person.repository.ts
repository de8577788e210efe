import { type Executor, query, SAMPLE_SCHEMA, statementFor } from '@tintype/postgres';
import { type SubgraphName, schemaOf } from '@tintype/schema/subgraphs';

const ADD = statementFor(
  'erased_person_add',
  [SAMPLE_SCHEMA],
  (schema: string) => `insert into "${schema}".erased_person (user_id) values ($1) on conflict do nothing`,
);
const FIND = statementFor(
  'erased_person_find',
  [SAMPLE_SCHEMA],
  (schema: string) => `select user_id as id from "${schema}".erased_person where user_id = any($1)`,
);

/** Records that a person is erased. From now on, `findErasedPeople` finds them. Can be repeated. */
export async function addErasedPerson(executor: Executor, owner: SubgraphName, userId: bigint): Promise<void> {
  await query(executor, ADD(schemaOf(owner)), [userId]);
}

/**
 * Which of these people this owner has erased or is erasing. A writer that checks after its commit misses nothing:
 * either it sees the record here, or the erasure, which starts after the record, sees what was written.
 */
export async function findErasedPeople(
  executor: Executor,
  owner: SubgraphName,
  userIds: readonly bigint[],
): Promise<Set<bigint>> {
  if (userIds.length === 0) return new Set();
  const rows = await query(executor, FIND(schemaOf(owner)), [userIds]);
  return new Set(rows.map(({ id }) => id));
}
