import type { ListPart } from '@tintype/graphql';
import {
  DESCENDING,
  type Direction,
  type Executor,
  keysOf,
  query,
  startOf,
  statement,
  statementFor,
} from '@tintype/postgres';
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

/** @returns null if the person already shares the post */
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

const SHARE_OF_POST = statement(
  'share_of_post',
  `SELECT ${COLUMNS} FROM engagement.share WHERE user_id = $1 AND post_id = $2 AND deleted_at IS NULL`,
);

export async function findShareOfPost(executor: Executor, userId: bigint, postId: bigint): Promise<ShareModel | null> {
  return (await query(executor, SHARE_OF_POST, [userId, postId]))[0] ?? null;
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

/** Deletes up to `limit` shares of a deleted post. @returns the deleted shares */
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

/** One range scan for each part of a list. */
export const SHARE_LISTS = statementFor('share_lists', ['forward'], (direction: Direction) => {
  const { comparison, order } = DESCENDING[direction];
  return `SELECT (asked.ordinal - 1)::int AS "part!", listed.id AS "id!"
  FROM unnest(${keysOf('$1')}, ${keysOf('$2')}, ${keysOf('$3')}) WITH ORDINALITY AS asked(sharer, position, size, ordinal)
  CROSS JOIN LATERAL (SELECT id FROM engagement.share
    WHERE user_id = asked.sharer AND deleted_at IS NULL AND id ${comparison} asked.position ORDER BY id ${order} LIMIT asked.size) AS listed
  ORDER BY asked.ordinal, listed.id ${order}`;
});

/** Shares of people, in several parts of lists. The newest comes first, or last if read backward. */
export function listShareParts(
  executor: Executor,
  parts: readonly ListPart<bigint>[],
  direction: Direction,
): Promise<{ part: number; id: bigint }[]> {
  return query(executor, SHARE_LISTS(direction), [
    parts.map(({ parent }) => parent),
    parts.map(({ from }) => startOf({ from: from?.[0], direction })),
    parts.map(({ limit }) => limit),
  ]);
}

const SHARE_DELETED_WITH_TEXT = statement(
  'share_deleted_with_text',
  `SELECT id FROM engagement.share WHERE user_id = $1 AND deleted_at IS NOT NULL AND text <> ''
  ORDER BY id LIMIT $2`,
);
const SHARE_CLEAR = statement(
  'share_clear',
  `UPDATE engagement.share SET text = '' WHERE user_id = $1 AND id = ANY($2)`,
);

/** Clears the texts of up to `limit` deleted shares of a person. @returns how many it found */
export async function clearDeletedShares(executor: Executor, userId: bigint, limit: number): Promise<number> {
  const found = await query(executor, SHARE_DELETED_WITH_TEXT, [userId, limit]);
  if (found.length > 0) await query(executor, SHARE_CLEAR, [userId, found.map((row) => row.id)]);
  return found.length;
}

const SHARE_ERASE = statement(
  'share_erase',
  `UPDATE engagement.share SET deleted_at = now(), text = ''
   WHERE user_id = $1 AND id = ANY($2) AND deleted_at IS NULL RETURNING ${COLUMNS}`,
);

/** Deletes shares and clears their texts. @returns those that were not deleted before */
export function eraseShares(tx: Executor, userId: bigint, ids: readonly bigint[]): Promise<ShareModel[]> {
  return query(tx, SHARE_ERASE, [userId, ids]);
}

const SHARE_RECONCILE_COUNTED = statement(
  'share_reconcile_counted',
  `UPDATE engagement.share SET is_counted = NOT is_counted
   WHERE id = ANY($1) AND is_counted <> (deleted_at IS NULL)
   RETURNING post_id AS "postId", CASE WHEN is_counted THEN 1 ELSE -1 END AS "by!"`,
);

/**
 * Marks shares as counted if they are not deleted, and all others as not counted.
 *
 * @returns for each share whose mark changed, by how much the count changes
 */
export function reconcileCountedShares(
  tx: Executor,
  ids: readonly bigint[],
): Promise<{ postId: bigint; by: number }[]> {
  return query(tx, SHARE_RECONCILE_COUNTED, [ids]);
}
