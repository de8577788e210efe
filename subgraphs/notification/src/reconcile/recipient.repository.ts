import { type Executor, query, statement } from '@tintype/postgres';

export type Recipient = { recipientId: bigint; unreadCount: number; version: bigint; lastChangeId: bigint };

const COLUMNS = `recipient_id AS "recipientId", unread_count AS "unreadCount", version, last_change_id AS "lastChangeId"`;

const RECIPIENT_LOCK = statement(
  'recipient_lock',
  `SELECT ${COLUMNS} FROM notification.recipient WHERE recipient_id = ANY($1) ORDER BY recipient_id FOR UPDATE`,
);

const RECIPIENT_INSERT = statement(
  'recipient_insert',
  'INSERT INTO notification.recipient (recipient_id) SELECT unnest($1::bigint[]) ORDER BY 1 ON CONFLICT DO NOTHING',
);

/**
 * Locks recipients in the order of their ids, so that the changes of one recipient's notifications follow one another.
 */
export async function lockRecipients(tx: Executor, recipientIds: readonly bigint[]): Promise<Recipient[]> {
  const known = await query(tx, RECIPIENT_LOCK, [recipientIds]);
  if (known.length === recipientIds.length) return known;
  await query(tx, RECIPIENT_INSERT, [recipientIds]);
  return query(tx, RECIPIENT_LOCK, [recipientIds]);
}

const RECIPIENT_FIND = statement(
  'recipient_find',
  `SELECT ${COLUMNS} FROM notification.recipient WHERE recipient_id = $1`,
);

/** @returns null for a person who has never had a notification */
export async function findRecipient(executor: Executor, recipientId: bigint): Promise<Recipient | null> {
  return (await query(executor, RECIPIENT_FIND, [recipientId]))[0] ?? null;
}

const RECIPIENT_CLEAR_UNREAD = statement(
  'recipient_clear_unread',
  `UPDATE notification.recipient SET unread_count = 0, version = version + 1
  WHERE recipient_id = $1 AND unread_count <> 0 RETURNING ${COLUMNS}`,
);

/**
 * Sets the unread count to 0. The recipient must be locked.
 *
 * @returns the row after the change; null if the count was 0
 */
export async function clearUnread(tx: Executor, recipientId: bigint): Promise<Recipient | null> {
  return (await query(tx, RECIPIENT_CLEAR_UNREAD, [recipientId]))[0] ?? null;
}

/** `addedUnread` is negative if notifications were read or withdrawn. */
export type RecipientUpdate = { recipientId: bigint; addedUnread: number; lastChangeId: bigint };

const RECIPIENT_UPDATE = statement(
  'recipient_update',
  `UPDATE notification.recipient r SET unread_count = unread_count + given.added_unread, version = version + 1,
     last_change_id = greatest(r.last_change_id, given.change_id)
   FROM unnest($1::bigint[], $2::int[], $3::bigint[]) AS given(id, added_unread, change_id) WHERE recipient_id = given.id
   RETURNING ${COLUMNS}`,
);

/** @param updates at most one for each recipient @returns the rows after the change */
export function updateRecipients(tx: Executor, updates: readonly RecipientUpdate[]): Promise<Recipient[]> {
  return query(tx, RECIPIENT_UPDATE, [
    updates.map((update) => update.recipientId),
    updates.map((update) => update.addedUnread),
    updates.map((update) => update.lastChangeId),
  ]);
}
