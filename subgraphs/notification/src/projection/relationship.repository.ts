import { type Executor, query, statement } from '@tintype/postgres';
import type { RelationshipChange } from './relationship.rules.ts';

export type PersonPair = { personId: bigint; otherId: bigint };

/**
 * How many changes of each pair and kind are kept. Nobody changes their mind more often in the time by which events can
 * be late.
 */
const KEPT_CHANGES = 20;

const RELATIONSHIP_ADD = statement(
  'relationship_add',
  `WITH given AS MATERIALIZED (
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::boolean[], $6::bigint[])
       AS given(person_id, other_id, kind, version, is_active, at_ms)),
   added AS (
     INSERT INTO notification.relationship_change (person_id, other_id, kind, version, is_active, at_ms)
     SELECT * FROM given WHERE NOT EXISTS (SELECT FROM notification.erased_person e WHERE e.user_id = given.person_id)
     ORDER BY 1, 2, 3, 4 ON CONFLICT DO NOTHING)
   DELETE FROM notification.relationship_change c
   USING (SELECT DISTINCT person_id, other_id, kind FROM given WHERE NOT is_active) AS ended CROSS JOIN LATERAL (
     SELECT version FROM notification.relationship_change k
     WHERE k.person_id = ended.person_id AND k.other_id = ended.other_id AND k.kind = ended.kind
     ORDER BY version DESC OFFSET ${KEPT_CHANGES}) AS old
   WHERE c.person_id = ended.person_id AND c.other_id = ended.other_id AND c.kind = ended.kind AND c.version = old.version`,
);

/** Adds changes. Known ones stay as they are. Nothing is added for people who are erased. */
export async function addRelationshipChanges(
  executor: Executor,
  changes: readonly RelationshipChange[],
): Promise<void> {
  await query(executor, RELATIONSHIP_ADD, [
    changes.map((change) => change.personId),
    changes.map((change) => change.otherId),
    changes.map((change) => change.kind),
    changes.map((change) => change.version),
    changes.map((change) => change.isActive),
    changes.map((change) => change.atMs),
  ]);
}

const RELATIONSHIP_FIND = statement(
  'relationship_find',
  `SELECT c.person_id AS "personId", c.other_id AS "otherId", c.kind, c.version, c.is_active AS "isActive", c.at_ms AS "atMs"
   FROM unnest($1::bigint[], $2::bigint[]) AS pair(person_id, other_id)
   JOIN notification.relationship_change c USING (person_id, other_id)`,
).narrow<Pick<RelationshipChange, 'kind'>>();

/** All kept changes of these pairs. */
export function findRelationshipChanges(
  executor: Executor,
  pairs: readonly PersonPair[],
): Promise<RelationshipChange[]> {
  return query(executor, RELATIONSHIP_FIND, [pairs.map((pair) => pair.personId), pairs.map((pair) => pair.otherId)]);
}
