import { type Executor, query } from '@tintype/postgres';
import type { LockedPerson } from '#person/person.repository.ts';

/** Blocks and mutes have the same shape: who, whom, and a snowflake. */
const TABLES = {
  block: { table: 'social_graph.block', who: 'blocker_id', whom: 'blocked_id' },
  mute: { table: 'social_graph.mute', who: 'muter_id', whom: 'muted_id' },
} as const;

export type Hiding = keyof typeof TABLES;

/** @returns whether it was not there before */
export async function insertHiding(
  tx: Executor,
  kind: Hiding,
  who: bigint,
  whom: bigint,
  id: bigint,
): Promise<boolean> {
  const { table, ...columns } = TABLES[kind];
  const text = `INSERT INTO ${table} (${columns.who}, ${columns.whom}, id) VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING RETURNING id`;
  return (await query(tx, `${kind}_insert`, text, [who, whom, id])).length > 0;
}

/** @returns whether it was there */
export async function deleteHiding(tx: Executor, kind: Hiding, who: bigint, whom: bigint): Promise<boolean> {
  const { table, ...columns } = TABLES[kind];
  const text = `DELETE FROM ${table} WHERE ${columns.who} = $1 AND ${columns.whom} = $2 RETURNING id`;
  return (await query(tx, `${kind}_delete`, text, [who, whom])).length > 0;
}

/** Whether one may know that the other is there, of people who are locked. */
export async function isKnown(
  tx: Executor,
  locked: readonly LockedPerson[],
  selfId: bigint,
  otherId: bigint,
): Promise<boolean> {
  const isActive = (id: bigint) => locked.some(({ userId, hidden }) => userId === id && !hidden);
  return isActive(selfId) && isActive(otherId) && !(await areBlocked(tx, selfId, otherId)).byOther;
}

/** Whether one blocks the other, seen from `selfId`. */
export async function areBlocked(
  tx: Executor,
  selfId: bigint,
  otherId: bigint,
): Promise<{ bySelf: boolean; byOther: boolean }> {
  const rows = await query<{ blockerId: bigint }>(
    tx,
    'block_between',
    `SELECT blocker_id AS "blockerId" FROM social_graph.block
     WHERE (blocker_id = $1 AND blocked_id = $2) OR (blocker_id = $2 AND blocked_id = $1)`,
    [selfId, otherId],
  );
  return {
    bySelf: rows.some((row) => row.blockerId === selfId),
    byOther: rows.some((row) => row.blockerId === otherId),
  };
}
