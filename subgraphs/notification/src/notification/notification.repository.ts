import { type Executor, query, statement } from '@tintype/postgres';
import type { NotificationKind } from '@tintype/schema/events/notification';
import type { NotificationModel } from './notification.model.ts';

const COLUMNS = `id, kind, post_id AS "postId", comment_id AS "commentId", actor_count AS "actorCount", actor_ids AS "actorIds!",
  change_id AS "changeId", read_at AS "readAt"`;

/** Higher than every snowflake: the start of a list. */
const START = 2n ** 63n - 1n;

/** Each of these is one index range scan. */
export const NEWEST = statement(
  'notification_newest',
  `SELECT ${COLUMNS} FROM notification.notification
   WHERE recipient_id = $1 AND change_id < $2 AND actor_count > 0 ORDER BY change_id DESC LIMIT $3`,
).narrow<{ kind: NotificationKind }>();
export const SINCE = statement(
  'notification_since',
  `SELECT ${COLUMNS} FROM notification.notification
   WHERE recipient_id = $1 AND change_id > $2 AND actor_count > 0 ORDER BY change_id LIMIT $3`,
).narrow<{ kind: NotificationKind }>();
export const OF_KIND = `SELECT ${COLUMNS} FROM notification.notification
   WHERE recipient_id = $1 AND kind = $4 AND change_id < $2 AND actor_count > 0 ORDER BY change_id DESC LIMIT $3`;

/** One range scan for each kind, then the latest of all. */
export const OF_KINDS = statement(
  'notification_of_kinds',
  `SELECT n.* FROM unnest($4::text[]) AS wanted(kind) CROSS JOIN LATERAL (
    ${OF_KIND.replace('$4', 'wanted.kind')}) AS n ORDER BY n."changeId" DESC LIMIT $3`,
).narrow<{ kind: NotificationKind }>();

/** A person's notifications, latest change first. @param kinds each once; all if it is empty */
export function listNotifications(
  executor: Executor,
  recipientId: bigint,
  kinds: readonly NotificationKind[],
  after: bigint | null,
  limit: number,
): Promise<NotificationModel[]> {
  const start = after ?? START;
  return kinds.length === 0
    ? query(executor, NEWEST, [recipientId, start, limit])
    : query(executor, OF_KINDS, [recipientId, start, limit, kinds]);
}

/** A person's notifications that changed after a change, oldest change first. */
export function listSince(
  executor: Executor,
  recipientId: bigint,
  changeId: bigint,
  limit: number,
): Promise<NotificationModel[]> {
  return query(executor, SINCE, [recipientId, changeId, limit]);
}

const NOTIFICATION_UNREAD_SINCE = statement(
  'notification_unread_since',
  `SELECT ${COLUMNS} FROM notification.notification
  WHERE recipient_id = $1 AND change_id > $2 AND read_at IS NULL AND actor_count > 0 ORDER BY change_id DESC LIMIT $3`,
).narrow<{ kind: NotificationKind }>();

/** A person's unread notifications that changed after a change, latest change first. */
export function listUnreadSince(
  executor: Executor,
  recipientId: bigint,
  changeId: bigint,
  limit: number,
): Promise<NotificationModel[]> {
  return query(executor, NOTIFICATION_UNREAD_SINCE, [recipientId, changeId, limit]);
}

const NOTIFICATION_FIND = statement(
  'notification_find',
  `SELECT ${COLUMNS} FROM notification.notification WHERE recipient_id = $1 AND id = ANY($2) AND actor_count > 0`,
).narrow<{ kind: NotificationKind }>();

/** Which of these notifications the person has. */
export function findNotifications(
  executor: Executor,
  recipientId: bigint,
  ids: readonly bigint[],
): Promise<NotificationModel[]> {
  return query(executor, NOTIFICATION_FIND, [recipientId, ids]);
}

const NOTIFICATION_READ = statement(
  'notification_read',
  `UPDATE notification.notification SET read_at = now()
  WHERE recipient_id = $1 AND id = $2 AND read_at IS NULL AND actor_count > 0 RETURNING 1`,
);

/** Marks a notification as read. The recipient must be locked. @returns 1 if it was unread, otherwise 0 */
export async function markRead(tx: Executor, recipientId: bigint, id: bigint): Promise<number> {
  return (await query(tx, NOTIFICATION_READ, [recipientId, id])).length;
}

const NOTIFICATION_READ_UP_TO = statement(
  'notification_read_up_to',
  `UPDATE notification.notification SET read_at = now() WHERE recipient_id = $1 AND id IN (
    SELECT id FROM notification.notification
    WHERE recipient_id = $1 AND change_id <= $2 AND read_at IS NULL AND actor_count > 0 ORDER BY change_id LIMIT $3)
  RETURNING 1`,
);

/** Marks the oldest unread notifications as read. The recipient must be locked. @returns how many */
export async function markReadUpTo(
  tx: Executor,
  recipientId: bigint,
  changeId: bigint,
  limit: number,
): Promise<number> {
  return (await query(tx, NOTIFICATION_READ_UP_TO, [recipientId, changeId, limit])).length;
}
