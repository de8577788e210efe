import {
  DESCENDING,
  type Direction,
  type Executor,
  type KeysetRead,
  query,
  startOf,
  statement,
  statementFor,
} from '@tintype/postgres';
import type { NotificationKind } from '@tintype/schema/events/notification';
import type { NotificationModel } from './notification.model.ts';

const COLUMNS = `id, kind, post_id AS "postId", comment_id AS "commentId", actor_count AS "actorCount", actor_ids AS "actorIds!",
  change_id AS "changeId", read_at AS "readAt"`;

const pageBy = (direction: Direction) => {
  const { comparison, order } = DESCENDING[direction];
  return `AND change_id ${comparison} $2 AND actor_count > 0 ORDER BY change_id ${order} LIMIT $3`;
};

/** Each of these is one index range scan. */
export const NEWEST = statementFor(
  'notification_newest',
  ['forward'],
  (direction: Direction) =>
    `SELECT ${COLUMNS} FROM notification.notification WHERE recipient_id = $1 ${pageBy(direction)}`,
);
export const OF_KIND = (direction: Direction) =>
  `SELECT ${COLUMNS} FROM notification.notification WHERE recipient_id = $1 AND kind = $4 ${pageBy(direction)}`;

/** One range scan for each kind, then the latest of all, or the earliest if read backward. */
export const OF_KINDS = statementFor(
  'notification_of_kinds',
  ['forward'],
  (direction: Direction) => `SELECT n.* FROM unnest($4::text[]) AS wanted(kind) CROSS JOIN LATERAL (
    ${OF_KIND(direction).replace('$4', 'wanted.kind')}) AS n ORDER BY n."changeId" ${DESCENDING[direction].order} LIMIT $3`,
);

/** A person's notifications, by their latest change. @param kinds each once; all if it is empty */
export function listNotifications(
  executor: Executor,
  recipientId: bigint,
  kinds: readonly NotificationKind[],
  read: KeysetRead,
): Promise<NotificationModel[]> {
  const values = [recipientId, startOf(read), read.limit] as const;
  return kinds.length === 0
    ? query(executor, NEWEST(read.direction).narrow<{ kind: NotificationKind }>(), values)
    : query(executor, OF_KINDS(read.direction).narrow<{ kind: NotificationKind }>(), [...values, kinds]);
}

/** A person's notifications that changed after a change, oldest change first. */
export function listSince(
  executor: Executor,
  recipientId: bigint,
  changeId: bigint,
  limit: number,
): Promise<NotificationModel[]> {
  return listNotifications(executor, recipientId, [], { from: changeId, direction: 'backward', limit });
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
