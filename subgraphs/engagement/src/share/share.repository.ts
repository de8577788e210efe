import { type Executor, query, statement } from '@tintype/postgres';
import type { ShareModel } from './share.model.ts';

const COLUMNS = `id, user_id AS "userId", post_id AS "postId", post_author_id AS "postAuthorId", text, created_at AS "createdAt"`;

const SHARE_BY_ID = statement(
  'share_by_id',
  `SELECT ${COLUMNS} FROM engagement.share WHERE id = ANY($1) AND deleted_at IS NULL`,
);

export function findShares(executor: Executor, ids: readonly bigint[]): Promise<ShareModel[]> {
  return query(executor, SHARE_BY_ID, [ids]);
}

const SHARE_INSERT = statement(
  'share_insert',
  `INSERT INTO engagement.share (user_id, id, post_id, post_author_id, text) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (user_id, post_id) WHERE deleted_at IS NULL DO NOTHING RETURNING ${COLUMNS}`,
);

/** @returns null where the person shares the post already */
export async function insertShare(tx: Executor, share: Omit<ShareModel, 'createdAt'>): Promise<ShareModel | null> {
  const [inserted] = await query(tx, SHARE_INSERT, [
    share.userId,
    share.id,
    share.postId,
    share.postAuthorId,
    share.text,
  ]);
  return inserted ?? null;
}

const SHARE_LIVE = statement(
  'share_live',
  `SELECT ${COLUMNS} FROM engagement.share WHERE user_id = $1 AND post_id = $2 AND deleted_at IS NULL`,
);

export async function findLiveShare(executor: Executor, userId: bigint, postId: bigint): Promise<ShareModel | null> {
  return (await query(executor, SHARE_LIVE, [userId, postId]))[0] ?? null;
}

const SHARE_DELETE = statement(
  'share_delete',
  `UPDATE engagement.share SET deleted_at = now() WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL
  RETURNING ${COLUMNS}`,
);

export async function markShareDeleted(tx: Executor, userId: bigint, id: bigint): Promise<ShareModel | null> {
  return (await query(tx, SHARE_DELETE, [userId, id]))[0] ?? null;
}

const SHARE_EXISTS = statement('share_exists', 'SELECT 1 FROM engagement.share WHERE user_id = $1 AND id = $2');

export async function shareExists(executor: Executor, userId: bigint, id: bigint): Promise<boolean> {
  return (await query(executor, SHARE_EXISTS, [userId, id])).length > 0;
}

const SHARE_DELETE_OF_POST = statement(
  'share_delete_of_post',
  `UPDATE engagement.share SET deleted_at = now()
   WHERE (user_id, id) IN (SELECT user_id, id FROM engagement.share WHERE post_id = $1 AND deleted_at IS NULL
     ORDER BY id LIMIT $2 FOR UPDATE)
   RETURNING ${COLUMNS}`,
);

/** The next shares of a deleted post, deleted too. */
export function deleteSharesOfPost(tx: Executor, postId: bigint, limit: number): Promise<ShareModel[]> {
  return query(tx, SHARE_DELETE_OF_POST, [postId, limit]);
}

/** One range scan over the index (user_id, id desc) of shares that are not deleted. */
export const SHARES_OF = statement(
  'share_of_user',
  `SELECT id FROM engagement.share WHERE user_id = $1 AND deleted_at IS NULL ORDER BY id DESC LIMIT $2`,
);

/** A person's newest shares. */
export async function listSharesOf(executor: Executor, userId: bigint, limit: number): Promise<bigint[]> {
  return (await query(executor, SHARES_OF, [userId, limit])).map((row) => row.id);
}

const SHARE_SAYING = statement(
  'share_saying',
  `SELECT id FROM engagement.share WHERE user_id = $1 AND deleted_at IS NOT NULL AND text <> ''
  ORDER BY id LIMIT $2`,
);
const SHARE_EMPTY = statement(
  'share_empty',
  `UPDATE engagement.share SET text = '' WHERE user_id = $1 AND id = ANY($2)`,
);

/** Empties some of a person's deleted shares. @returns how many it found */
export async function emptyDeletedShares(executor: Executor, userId: bigint, limit: number): Promise<number> {
  const found = await query(executor, SHARE_SAYING, [userId, limit]);
  if (found.length > 0) await query(executor, SHARE_EMPTY, [userId, found.map((row) => row.id)]);
  return found.length;
}

const SHARE_ERASE = statement(
  'share_erase',
  `UPDATE engagement.share SET deleted_at = now(), text = ''
   WHERE user_id = $1 AND id = ANY($2) AND deleted_at IS NULL RETURNING ${COLUMNS}`,
);

/** Deletes shares of a person with their texts. @returns those that were not deleted yet */
export function eraseShares(tx: Executor, userId: bigint, ids: readonly bigint[]): Promise<ShareModel[]> {
  return query(tx, SHARE_ERASE, [userId, ids]);
}

const SHARE_SETTLE = statement(
  'share_settle',
  `UPDATE engagement.share SET is_counted = NOT is_counted
   WHERE id = ANY($1) AND is_counted <> (deleted_at IS NULL)
   RETURNING post_id AS "postId", CASE WHEN is_counted THEN 1 ELSE -1 END AS "by!"`,
);

/** Brings into the counts what belongs there and is not, and the other way round; each share counts once. */
export function settleSharesCounted(tx: Executor, ids: readonly bigint[]): Promise<{ postId: bigint; by: number }[]> {
  return query(tx, SHARE_SETTLE, [ids]);
}
