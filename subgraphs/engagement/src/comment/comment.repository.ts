import { firstId } from '@tintype/ids';
import { type Executor, query, statement } from '@tintype/postgres';
import type { ContentRestriction } from '#generated/graphql.ts';
import type { CommentModel, CommentText } from './comment.model.ts';

const COLUMNS = `id, post_id AS "postId", post_author_id AS "postAuthorId", parent_id AS "parentId", author_id AS "authorId", text,
  mentioned_ids AS "mentionedIds!", hashtags AS "hashtags!", is_hidden AS "isHidden", needs_approval AS "needsApproval", restriction, created_at AS "createdAt", edited_at AS "editedAt",
  pinned_at AS "pinnedAt", like_count AS "likeCount", reply_count AS "replyCount"`;

type Restricted = { restriction: ContentRestriction };

const COMMENT_BY_ID = statement(
  'comment_by_id',
  `SELECT ${COLUMNS} FROM engagement.comment c WHERE id = ANY($1) AND deleted_at IS NULL
     AND NOT EXISTS (SELECT FROM engagement.comment p
       WHERE p.post_id = c.post_id AND p.id = c.parent_id AND p.deleted_at IS NOT NULL)`,
).narrow<Restricted>();

/** Comments that are not deleted and do not reply to a deleted comment. */
export function findComments(executor: Executor, ids: readonly bigint[]): Promise<CommentModel[]> {
  return query(executor, COMMENT_BY_ID, [ids]);
}

export type NewComment = CommentText & Pick<CommentModel, 'id' | 'postId' | 'postAuthorId' | 'parentId' | 'authorId'>;

const COMMENT_INSERT = statement(
  'comment_insert',
  `INSERT INTO engagement.comment
     (id, post_id, post_author_id, parent_id, author_id, text, mentioned_ids, hashtags, is_hidden,
     needs_approval)
   VALUES ($1, $2, $3, $4?, $5, $6, $7, $8, $9, $10) RETURNING ${COLUMNS}`,
).narrow<Restricted>();

export async function insertComment(tx: Executor, comment: NewComment): Promise<CommentModel> {
  const [inserted] = await query(tx, COMMENT_INSERT, [
    comment.id,
    comment.postId,
    comment.postAuthorId,
    comment.parentId,
    comment.authorId,
    comment.text,
    comment.mentionedIds,
    comment.hashtags,
    comment.isHidden,
    comment.needsApproval,
  ]);
  return inserted!;
}

const COMMENT_LOCK = statement(
  'comment_lock',
  `SELECT ${COLUMNS} FROM engagement.comment WHERE id = $1 AND deleted_at IS NULL FOR UPDATE`,
).narrow<Restricted>();

/** Locks a comment. @returns null if it is deleted or does not exist */
export async function lockComment(tx: Executor, id: bigint): Promise<CommentModel | null> {
  const [comment] = await query(tx, COMMENT_LOCK, [id]);
  return comment ?? null;
}

const COMMENT_UPDATE = statement(
  'comment_update',
  `UPDATE engagement.comment SET text = $3, mentioned_ids = $4, hashtags = $5,
     is_hidden = $6 OR restriction <> 'NONE', needs_approval = $7,
     edited_at = greatest(clock_timestamp(), edited_at + interval '1 millisecond')
   WHERE post_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
).narrow<Restricted>();

/** Each edit has another time, so the time identifies the text that somebody has read. */
export async function updateText(tx: Executor, { id, postId }: CommentModel, to: CommentText): Promise<CommentModel> {
  const [comment] = await query(tx, COMMENT_UPDATE, [
    postId,
    id,
    to.text,
    to.mentionedIds,
    to.hashtags,
    to.isHidden,
    to.needsApproval,
  ]);
  return comment!;
}

const COMMENT_APPROVE = statement(
  'comment_approve',
  `UPDATE engagement.comment SET is_hidden = restriction <> 'NONE', needs_approval = false
   WHERE post_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
).narrow<Restricted>();

export async function setApproved(tx: Executor, { id, postId }: CommentModel): Promise<CommentModel> {
  const [comment] = await query(tx, COMMENT_APPROVE, [postId, id]);
  return comment!;
}

const COMMENT_RESTRICT = statement(
  'comment_restrict',
  `UPDATE engagement.comment SET restriction = $3, restriction_id = $4, is_hidden = $5
   WHERE post_id = $1 AND id = $2 AND restriction_id < $4 RETURNING ${COLUMNS}`,
).narrow<Restricted>();

/** Restricts a locked comment. @returns null if a decision that is as new is in effect */
export async function setRestriction(
  tx: Executor,
  { id, postId }: CommentModel,
  to: { restriction: ContentRestriction; decisionId: bigint; isHidden: boolean },
): Promise<CommentModel | null> {
  const [comment] = await query(tx, COMMENT_RESTRICT, [postId, id, to.restriction, to.decisionId, to.isHidden]);
  return comment ?? null;
}

const COMMENT_DELETE = statement(
  'comment_delete',
  'UPDATE engagement.comment SET deleted_at = now() WHERE post_id = $1 AND id = $2 AND deleted_at IS NULL',
);

export async function markDeleted(tx: Executor, { id, postId }: Pick<CommentModel, 'id' | 'postId'>): Promise<void> {
  await query(tx, COMMENT_DELETE, [postId, id]);
}

const COMMENT_MAY_DELETE = statement(
  'comment_may_delete',
  'SELECT 1 FROM engagement.comment WHERE id = $1 AND (author_id = $2 OR post_author_id = $2)',
);

/** Whether the comment exists or existed, and this person may delete it. */
export async function mayDelete(executor: Executor, id: bigint, userId: bigint): Promise<boolean> {
  return (await query(executor, COMMENT_MAY_DELETE, [id, userId])).length > 0;
}

const COMMENT_DELETE_REPLIES = statement(
  'comment_delete_replies',
  `UPDATE engagement.comment SET deleted_at = now()
   WHERE id IN (SELECT id FROM engagement.comment WHERE parent_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT $2
     FOR UPDATE)
   RETURNING ${COLUMNS}`,
).narrow<Restricted>();

/** Deletes up to `limit` replies of a deleted comment. @returns the deleted replies */
export function deleteReplies(tx: Executor, parentId: bigint, limit: number): Promise<CommentModel[]> {
  return query(tx, COMMENT_DELETE_REPLIES, [parentId, limit]);
}

/** One range scan over the index (author_id, id desc) of comments that are not deleted. */
export const COMMENTS_OF = statement(
  'comment_of_user',
  `SELECT id FROM engagement.comment WHERE author_id = $1 AND deleted_at IS NULL
  ORDER BY id DESC LIMIT $2`,
);

/** A person's newest comments. */
export async function listCommentsOf(executor: Executor, authorId: bigint, limit: number): Promise<bigint[]> {
  return (await query(executor, COMMENTS_OF, [authorId, limit])).map((row) => row.id);
}

/** One range scan over the index (author_id, id) of deleted comments that still have a text. */
export const DELETED_WITH_TEXT = statement(
  'comment_deleted_with_text',
  `SELECT id FROM engagement.comment WHERE author_id = $1 AND deleted_at IS NOT NULL AND text <> ''
  ORDER BY id LIMIT $2`,
);

const COMMENT_CLEAR = statement(
  'comment_clear',
  `UPDATE engagement.comment SET text = '', mentioned_ids = '{}', hashtags = '{}' WHERE id = ANY($1)`,
);

/** Clears the texts of up to `limit` deleted comments of a person. @returns how many it found */
export async function clearDeletedComments(executor: Executor, authorId: bigint, limit: number): Promise<number> {
  const found = await query(executor, DELETED_WITH_TEXT, [authorId, limit]);
  if (found.length > 0) await query(executor, COMMENT_CLEAR, [found.map((row) => row.id)]);
  return found.length;
}

const COMMENT_ERASE = statement(
  'comment_erase',
  `WITH locked AS MATERIALIZED (
     SELECT id FROM engagement.comment WHERE id = ANY($1) AND deleted_at IS NULL ORDER BY id FOR UPDATE)
   UPDATE engagement.comment SET deleted_at = now(), text = '', mentioned_ids = '{}', hashtags = '{}'
   WHERE id IN (SELECT id FROM locked) AND deleted_at IS NULL RETURNING ${COLUMNS}`,
).narrow<Restricted>();

/** Deletes comments and clears their texts. @returns those that were not deleted before */
export function eraseComments(tx: Executor, ids: readonly bigint[]): Promise<CommentModel[]> {
  return query(tx, COMMENT_ERASE, [ids]);
}

const COMMENT_PIN_LOCK = statement('comment_pin_lock', 'SELECT pg_advisory_xact_lock(hashtextextended($1, 1))');
const COMMENT_PINS = statement(
  'comment_pins',
  `SELECT count(*)::int AS "count!" FROM engagement.comment
  WHERE post_id = $1 AND pinned_at IS NOT NULL AND deleted_at IS NULL AND (NOT is_hidden OR needs_approval)
    AND id <> $2`,
);

/** Counts the other pinned comments of a post. Until the transaction ends, nobody else can pin one. */
export async function countPins(tx: Executor, { id, postId }: CommentModel): Promise<number> {
  await query(tx, COMMENT_PIN_LOCK, [`pins ${postId}`]);
  const [row] = await query(tx, COMMENT_PINS, [postId, id]);
  return row!.count;
}

const COMMENT_PIN = statement(
  'comment_pin',
  `UPDATE engagement.comment SET pinned_at = CASE WHEN $3 THEN coalesce(pinned_at, now()) END
   WHERE post_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
).narrow<Restricted>();

export async function setPinned(tx: Executor, { id, postId }: CommentModel, pinned: boolean): Promise<CommentModel> {
  const [comment] = await query(tx, COMMENT_PIN, [postId, id, pinned]);
  return comment!;
}

const COMMENT_AUTHOR_LOCK = statement('comment_author_lock', 'SELECT pg_advisory_xact_lock(hashtextextended($1, 3))');
/** Deleted comments count as well. They have their text until the account is deleted. */
export const COMMENTS_RECENT = statement(
  'comments_recent',
  `SELECT (SELECT count(*) FROM engagement.comment WHERE author_id = $1 AND id >= $2 AND deleted_at IS NULL)::int
     + (SELECT count(*) FROM engagement.comment
       WHERE author_id = $1 AND id >= $2 AND deleted_at IS NOT NULL AND text <> '')::int AS "count!"`,
);
const DAY_MS = 24 * 3600 * 1000;

/** How many comments somebody wrote within 24 hours. Until the transaction ends, they cannot write another one. */
export async function countRecentComments(tx: Executor, authorId: bigint): Promise<number> {
  await query(tx, COMMENT_AUTHOR_LOCK, [`comments of ${authorId}`]);
  const [row] = await query(tx, COMMENTS_RECENT, [authorId, firstId(Date.now() - DAY_MS)]);
  return row!.count;
}

const COMMENT_RECONCILE_COUNTED = statement(
  'comment_reconcile_counted',
  `UPDATE engagement.comment SET is_counted = NOT is_counted
   WHERE id = ANY($1) AND is_counted <> (deleted_at IS NULL AND NOT is_hidden)
   RETURNING post_id AS "postId", parent_id AS "parentId", CASE WHEN is_counted THEN 1 ELSE -1 END AS "by!"`,
);

/**
 * Marks comments as counted if they are neither deleted nor hidden, and all others as not counted. Repeated events of a
 * comment therefore count once. @returns for each comment whose mark changed, by how much the counts change
 */
export function reconcileCountedComments(
  tx: Executor,
  ids: readonly bigint[],
): Promise<{ postId: bigint; parentId: bigint | null; by: number }[]> {
  return query(tx, COMMENT_RECONCILE_COUNTED, [ids]);
}

const COMMENT_LOCK_COUNTS = statement(
  'comment_lock_counts',
  'SELECT id FROM engagement.comment WHERE id = ANY($1) ORDER BY id FOR UPDATE',
);
const COMMENT_ADD_COUNTS = statement(
  'comment_add_counts',
  `UPDATE engagement.comment c SET like_count = like_count + delta.likes, reply_count = reply_count + delta.replies
   FROM unnest($1::bigint[], $2::int[], $3::int[]) AS delta (id, likes, replies) WHERE c.id = delta.id`,
);

/**
 * Adds to the counts of comments. Locks the rows in the order of their ids first, so that two transactions cannot
 * deadlock.
 */
export async function addToCommentCounts(
  tx: Executor,
  deltas: readonly { id: bigint; likes: number; replies: number }[],
): Promise<void> {
  await query(tx, COMMENT_LOCK_COUNTS, [deltas.map((delta) => delta.id)]);
  await query(tx, COMMENT_ADD_COUNTS, [
    deltas.map((delta) => delta.id),
    deltas.map((delta) => delta.likes),
    deltas.map((delta) => delta.replies),
  ]);
}
