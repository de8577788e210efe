import { type Executor, query, statement } from '@tintype/postgres';

export type Reader = { recipientId: bigint; unreadCount: number; version: bigint; lastChangeId: bigint };

const COLUMNS = `recipient_id AS "recipientId", unread_count AS "unreadCount", version, last_change_id AS "lastChangeId"`;

const LOCK = statement(
  'reader_lock',
  `SELECT ${COLUMNS} FROM notification.reader WHERE recipient_id = ANY($1) ORDER BY recipient_id FOR UPDATE`,
);

const READER_ADD = statement(
  'reader_add',
  'INSERT INTO notification.reader (recipient_id) SELECT unnest($1::bigint[]) ORDER BY 1 ON CONFLICT DO NOTHING',
);

/** Locks recipients in the order of their ids: whoever changes their notifications does so one after another. */
export async function lockReaders(tx: Executor, recipientIds: readonly bigint[]): Promise<Reader[]> {
  const known = await query(tx, LOCK, [recipientIds]);
  if (known.length === recipientIds.length) return known;
  await query(tx, READER_ADD, [recipientIds]);
  return query(tx, LOCK, [recipientIds]);
}

const READER_FIND = statement('reader_find', `SELECT ${COLUMNS} FROM notification.reader WHERE recipient_id = $1`);

/** Null for who was never told of anything. */
export async function findReader(executor: Executor, recipientId: bigint): Promise<Reader | null> {
  return (await query(executor, READER_FIND, [recipientId]))[0] ?? null;
}

const READER_CLEAR = statement(
  'reader_clear',
  `UPDATE notification.reader SET unread_count = 0, version = version + 1
  WHERE recipient_id = $1 AND unread_count <> 0 RETURNING ${COLUMNS}`,
);

/** Nothing is unread any more. The recipient must be locked. @returns the row as it is now; null where nothing was */
export async function clearReader(tx: Executor, recipientId: bigint): Promise<Reader | null> {
  return (await query(tx, READER_CLEAR, [recipientId]))[0] ?? null;
}

export type ReaderMove = { recipientId: bigint; by: number; lastChangeId: bigint };

const READER_MOVE = statement(
  'reader_move',
  `UPDATE notification.reader r SET unread_count = unread_count + moved.by, version = version + 1,
     last_change_id = greatest(r.last_change_id, moved.change_id)
   FROM unnest($1::bigint[], $2::int[], $3::bigint[]) AS moved(id, by, change_id) WHERE recipient_id = moved.id
   RETURNING ${COLUMNS}`,
);

/** Moves unread counts, each row once. @returns the rows as they are now */
export function moveReaders(tx: Executor, moves: readonly ReaderMove[]): Promise<Reader[]> {
  return query(tx, READER_MOVE, [
    moves.map((move) => move.recipientId),
    moves.map((move) => move.by),
    moves.map((move) => move.lastChangeId),
  ]);
}
