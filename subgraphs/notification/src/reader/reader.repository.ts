import { type Executor, query } from '@tintype/postgres';

export type Reader = { recipientId: bigint; unreadCount: number; version: bigint; lastChangeId: bigint };

const COLUMNS = `recipient_id AS "recipientId", unread_count AS "unreadCount", version, last_change_id AS "lastChangeId"`;

/** Locks recipients in the order of their ids: whoever changes their notifications does so one after another. */
export async function lockReaders(tx: Executor, recipientIds: readonly bigint[]): Promise<Reader[]> {
  const lock = `SELECT ${COLUMNS} FROM notification.reader WHERE recipient_id = ANY($1) ORDER BY recipient_id FOR UPDATE`;
  const known = await query<Reader>(tx, 'reader_lock', lock, [recipientIds]);
  if (known.length === recipientIds.length) return known;
  const add =
    'INSERT INTO notification.reader (recipient_id) SELECT unnest($1::bigint[]) ORDER BY 1 ON CONFLICT DO NOTHING';
  await query(tx, 'reader_add', add, [recipientIds]);
  return query(tx, 'reader_lock', lock, [recipientIds]);
}

/** Null for who was never told of anything. */
export async function findReader(executor: Executor, recipientId: bigint): Promise<Reader | null> {
  const text = `SELECT ${COLUMNS} FROM notification.reader WHERE recipient_id = $1`;
  return (await query<Reader>(executor, 'reader_find', text, [recipientId]))[0] ?? null;
}

/** Nothing is unread any more. The recipient must be locked. @returns the row as it is now; null where nothing was */
export async function clearReader(tx: Executor, recipientId: bigint): Promise<Reader | null> {
  const text = `UPDATE notification.reader SET unread_count = 0, version = version + 1
    WHERE recipient_id = $1 AND unread_count <> 0 RETURNING ${COLUMNS}`;
  return (await query<Reader>(tx, 'reader_clear', text, [recipientId]))[0] ?? null;
}

export type ReaderMove = { recipientId: bigint; by: number; lastChangeId: bigint };

/** Moves unread counts, each row once. @returns the rows as they are now */
export function moveReaders(tx: Executor, moves: readonly ReaderMove[]): Promise<Reader[]> {
  return query(
    tx,
    'reader_move',
    `UPDATE notification.reader r SET unread_count = unread_count + moved.by, version = version + 1,
       last_change_id = greatest(r.last_change_id, moved.change_id)
     FROM unnest($1::bigint[], $2::int[], $3::bigint[]) AS moved(id, by, change_id) WHERE recipient_id = moved.id
     RETURNING ${COLUMNS}`,
    [moves.map((move) => move.recipientId), moves.map((move) => move.by), moves.map((move) => move.lastChangeId)],
  );
}
