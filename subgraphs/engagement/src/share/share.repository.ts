import { type Executor, query } from '@tintype/postgres';
import type { ShareModel } from './share.model.ts';

const COLUMNS = `id, user_id AS "userId", post_id AS "postId", post_author_id AS "postAuthorId", text, created_at AS "createdAt"`;

export function findShares(executor: Executor, ids: readonly bigint[]): Promise<ShareModel[]> {
  const text = `SELECT ${COLUMNS} FROM engagement.share WHERE id = ANY($1) AND deleted_at IS NULL`;
  return query(executor, 'share_by_id', text, [ids]);
}

/** @returns null where the person shares the post already */
export async function insertShare(tx: Executor, share: Omit<ShareModel, 'createdAt'>): Promise<ShareModel | null> {
  const [inserted] = await query<ShareModel>(
    tx,
    'share_insert',
    `INSERT INTO engagement.share (user_id, id, post_id, post_author_id, text) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (user_id, post_id) WHERE deleted_at IS NULL DO NOTHING RETURNING ${COLUMNS}`,
    [share.userId, share.id, share.postId, share.postAuthorId, share.text],
  );
  return inserted ?? null;
}

export async function findLiveShare(executor: Executor, userId: bigint, postId: bigint): Promise<ShareModel | null> {
  const text = `SELECT ${COLUMNS} FROM engagement.share WHERE user_id = $1 AND post_id = $2 AND deleted_at IS NULL`;
  return (await query<ShareModel>(executor, 'share_live', text, [userId, postId]))[0] ?? null;
}

export async function markShareDeleted(tx: Executor, userId: bigint, id: bigint): Promise<ShareModel | null> {
  const text = `UPDATE engagement.share SET deleted_at = now() WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL
    RETURNING ${COLUMNS}`;
  return (await query<ShareModel>(tx, 'share_delete', text, [userId, id]))[0] ?? null;
}

export async function shareExists(executor: Executor, userId: bigint, id: bigint): Promise<boolean> {
  const text = 'SELECT 1 FROM engagement.share WHERE user_id = $1 AND id = $2';
  return (await query(executor, 'share_exists', text, [userId, id])).length > 0;
}

/** The next shares of a deleted post, deleted too. */
export function deleteSharesOfPost(tx: Executor, postId: bigint, limit: number): Promise<ShareModel[]> {
  return query(
    tx,
    'share_delete_of_post',
    `UPDATE engagement.share SET deleted_at = now()
     WHERE (user_id, id) IN (SELECT user_id, id FROM engagement.share WHERE post_id = $1 AND deleted_at IS NULL
       ORDER BY id LIMIT $2 FOR UPDATE)
     RETURNING ${COLUMNS}`,
    [postId, limit],
  );
}

/** One range scan over the index (user_id, id desc) of shares that are not deleted. */
export const SHARES_OF = `SELECT id FROM engagement.share WHERE user_id = $1 AND deleted_at IS NULL ORDER BY id DESC LIMIT $2`;

/** A person's newest shares. */
export async function listSharesOf(executor: Executor, userId: bigint, limit: number): Promise<bigint[]> {
  return (await query<{ id: bigint }>(executor, 'share_of_user', SHARES_OF, [userId, limit])).map((row) => row.id);
}

/** Empties some of a person's deleted shares. @returns how many it found */
export async function emptyDeletedShares(executor: Executor, userId: bigint, limit: number): Promise<number> {
  const list = `SELECT id FROM engagement.share WHERE user_id = $1 AND deleted_at IS NOT NULL AND text <> ''
    ORDER BY id LIMIT $2`;
  const found = await query<{ id: bigint }>(executor, 'share_saying', list, [userId, limit]);
  const text = `UPDATE engagement.share SET text = '' WHERE user_id = $1 AND id = ANY($2)`;
  if (found.length > 0) await query(executor, 'share_empty', text, [userId, found.map((row) => row.id)]);
  return found.length;
}

/** Deletes shares of a person with their texts. @returns those that were not deleted yet */
export function eraseShares(tx: Executor, userId: bigint, ids: readonly bigint[]): Promise<ShareModel[]> {
  return query(
    tx,
    'share_erase',
    `UPDATE engagement.share SET deleted_at = now(), text = ''
     WHERE user_id = $1 AND id = ANY($2) AND deleted_at IS NULL RETURNING ${COLUMNS}`,
    [userId, ids],
  );
}

/** Brings into the counts what belongs there and is not, and the other way round; each share counts once. */
export function settleSharesCounted(tx: Executor, ids: readonly bigint[]): Promise<{ postId: bigint; by: number }[]> {
  return query(
    tx,
    'share_settle',
    `UPDATE engagement.share SET is_counted = NOT is_counted
     WHERE id = ANY($1) AND is_counted <> (deleted_at IS NULL)
     RETURNING post_id AS "postId", CASE WHEN is_counted THEN 1 ELSE -1 END AS by`,
    [ids],
  );
}
