import { type Executor, query, statement } from '@tintype/postgres';
import type { BlockChange } from './projection.model.ts';

const SEARCH_BLOCK_APPLY = statement(
  'search_block_apply',
  `INSERT INTO search.block AS b (blocker_id, blocked_id, active, version)
   SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::bigint[]) AS n(blocker_id, blocked_id) ORDER BY 1, 2
   ON CONFLICT (blocker_id, blocked_id) DO UPDATE SET active = excluded.active, version = excluded.version
   WHERE b.version < excluded.version`,
);

/** Applies changes that are newer than the stored rows. @param blocks each pair of people once */
export async function applyBlocks(tx: Executor, blocks: readonly BlockChange[]): Promise<void> {
  await query(tx, SEARCH_BLOCK_APPLY, [
    blocks.map(({ blockerId }) => blockerId),
    blocks.map(({ blockedId }) => blockedId),
    blocks.map(({ active }) => active),
    blocks.map(({ version }) => version),
  ]);
}

const SEARCH_BLOCK_FIND = statement(
  'search_block_find',
  `(SELECT blocked_id AS "id!" FROM search.block WHERE blocker_id = $1 AND active ORDER BY version DESC LIMIT $2)
  UNION (SELECT blocker_id FROM search.block WHERE blocked_id = $1 AND active ORDER BY version DESC LIMIT $2)`,
);

/** The people whom this person blocks and who block this person, up to `ofEach` of both, the newest first. */
export async function findBlocks(executor: Executor, userId: bigint, ofEach: number): Promise<bigint[]> {
  return (await query(executor, SEARCH_BLOCK_FIND, [userId, ofEach])).map(({ id }) => id);
}

const SEARCH_ACCOUNT_PRIVATE = statement(
  'search_account_private',
  `SELECT user_id AS id FROM search.account WHERE user_id = ANY($1) AND is_private AND NOT deleted`,
);

/** Which of these accounts are private. */
export async function findPrivate(executor: Executor, userIds: readonly bigint[]): Promise<bigint[]> {
  return (await query(executor, SEARCH_ACCOUNT_PRIVATE, [userIds])).map(({ id }) => id);
}
