import { type Executor, query, statement, statementFor } from '@tintype/postgres';
import type { LockedPerson } from '#person/person.repository.ts';

/** All have the same shape: the actor, the target and a snowflake. */
const TABLES = {
  block: { table: 'social_graph.block', who: 'blocker_id', whom: 'blocked_id' },
  mute: { table: 'social_graph.mute', who: 'muter_id', whom: 'muted_id' },
  restriction: { table: 'social_graph.restriction', who: 'restricter_id', whom: 'restricted_id' },
} as const;

export type Hiding = keyof typeof TABLES;

const KINDS = Object.keys(TABLES) as Hiding[];
const INSERT = statementFor('hiding_insert', KINDS, (kind: Hiding) => {
  const { table, who, whom } = TABLES[kind];
  return `INSERT INTO ${table} (${who}, ${whom}, id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id`;
});
const DELETE = statementFor('hiding_delete', KINDS, (kind: Hiding) => {
  const { table, who, whom } = TABLES[kind];
  return `DELETE FROM ${table} WHERE ${who} = $1 AND ${whom} = $2 RETURNING id`;
});

/** @returns whether it was added now */
export async function insertHiding(
  tx: Executor,
  kind: Hiding,
  who: bigint,
  whom: bigint,
  id: bigint,
): Promise<boolean> {
  return (await query(tx, INSERT(kind), [who, whom, id])).length > 0;
}

/** @returns whether it existed */
export async function deleteHiding(tx: Executor, kind: Hiding, who: bigint, whom: bigint): Promise<boolean> {
  return (await query(tx, DELETE(kind), [who, whom])).length > 0;
}

/** Whether one person may know that the other exists. The caller has locked both. */
export async function isKnown(
  tx: Executor,
  locked: readonly LockedPerson[],
  selfId: bigint,
  otherId: bigint,
): Promise<boolean> {
  const isActive = (id: bigint) => locked.some(({ userId, hidden }) => userId === id && !hidden);
  return isActive(selfId) && isActive(otherId) && !(await areBlocked(tx, selfId, otherId)).byOther;
}

const BLOCK_BETWEEN = statement(
  'block_between',
  `SELECT blocker_id AS "blockerId" FROM social_graph.block
   WHERE (blocker_id = $1 AND blocked_id = $2) OR (blocker_id = $2 AND blocked_id = $1)`,
);

/** Whether either of two people blocks the other, from the point of view of `selfId`. */
export async function areBlocked(
  tx: Executor,
  selfId: bigint,
  otherId: bigint,
): Promise<{ bySelf: boolean; byOther: boolean }> {
  const rows = await query(tx, BLOCK_BETWEEN, [selfId, otherId]);
  return {
    bySelf: rows.some((row) => row.blockerId === selfId),
    byOther: rows.some((row) => row.blockerId === otherId),
  };
}
