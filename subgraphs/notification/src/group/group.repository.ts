import { type Executor, query, statement } from '@tintype/postgres';
import type { Group, GroupKey } from './group.model.ts';
import type { Newest } from './newest.rules.ts';

const COLUMNS = `n.recipient_id AS "recipientId!", n.id AS "id!", n.kind AS "kind!", n.target_id AS "targetId!", n.window_no AS "windowNo!",
  n.actor_ids AS "actorIds!", n.actor_times AS "actorTimes!", n.comment_id AS "commentId", n.changed_id AS "changedId!",
  n.read_at IS NOT NULL AS "isRead!"`;

const GROUP_ENSURE = statement(
  'group_ensure',
  `WITH given AS MATERIALIZED (
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::int[], $5?::bigint[], $6::bigint[])
       AS given(recipient_id, kind, target_id, window_no, post_id, new_id)),
   known AS MATERIALIZED (
     SELECT n.* FROM given JOIN notification.notification n USING (recipient_id, kind, target_id, window_no)),
   made AS (
     INSERT INTO notification.notification (recipient_id, kind, target_id, window_no, post_id, id)
     SELECT recipient_id, kind, target_id, window_no, post_id, new_id FROM given
     WHERE (recipient_id, kind, target_id, window_no) NOT IN (SELECT recipient_id, kind, target_id, window_no FROM known)
     RETURNING *)
   SELECT ${COLUMNS} FROM (SELECT * FROM known UNION ALL SELECT * FROM made) AS n`,
).narrow<Pick<Group, 'kind'>>();

/** The groups with these keys, made where there are none; each key once. Recipients must be locked. */
export async function ensureGroups(tx: Executor, keys: readonly (GroupKey & { newId: bigint })[]): Promise<Group[]> {
  return query(tx, GROUP_ENSURE, [
    keys.map((key) => key.recipientId),
    keys.map((key) => key.kind),
    keys.map((key) => key.targetId),
    keys.map((key) => key.windowNo),
    keys.map((key) => key.postId),
    keys.map((key) => key.newId),
  ]);
}

const GROUP_FIND_IDS = statement(
  'group_find_ids',
  `SELECT ${COLUMNS} FROM unnest($1::bigint[], $2::bigint[]) AS given(recipient_id, id)
   JOIN notification.notification n USING (recipient_id, id)`,
).narrow<Pick<Group, 'kind'>>();

export function findGroups(tx: Executor, ids: readonly { recipientId: bigint; id: bigint }[]): Promise<Group[]> {
  return query(tx, GROUP_FIND_IDS, [ids.map((one) => one.recipientId), ids.map((one) => one.id)]);
}

export type GroupMove = Newest & {
  recipientId: bigint;
  id: bigint;
  /** By how much its number of people moves. */
  by: number;
  /** Its new change id; 0 where it keeps what it has. */
  changeId: bigint;
  /** What reading it counts for from now on. */
  read: 'UNREAD' | 'READ' | 'KEEP';
};

const GROUP_MOVE = statement(
  'group_move',
  `UPDATE notification.notification n SET
     actor_count = n.actor_count + moved.by,
     actor_ids = array_remove(ARRAY[a1, a2, a3], NULL),
     actor_times = array_remove(ARRAY[t1, t2, t3], NULL),
     comment_id = moved.comment_id,
     changed_id = CASE WHEN moved.change_id > 0 THEN moved.change_id ELSE n.changed_id END,
     read_at = CASE moved.read WHEN 'UNREAD' THEN NULL WHEN 'READ' THEN now() ELSE n.read_at END
   FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::bigint[], $5::text[], $6?::bigint[], $7?::bigint[], $8?::bigint[],
       $9?::bigint[], $10?::bigint[], $11?::bigint[], $12?::bigint[])
     AS moved(recipient_id, id, by, change_id, read, comment_id, a1, a2, a3, t1, t2, t3)
   WHERE n.recipient_id = moved.recipient_id AND n.id = moved.id
   RETURNING n.recipient_id AS "recipientId", n.id, moved.by AS "by!", n.actor_count AS "actorCount", n.read_at IS NOT NULL AS "isRead!"`,
);

/** Changes groups, each once. Recipients must be locked. @returns each as it is now, with its move */
export function moveGroups(
  tx: Executor,
  moves: readonly GroupMove[],
): Promise<{ recipientId: bigint; id: bigint; by: number; actorCount: number; isRead: boolean }[]> {
  return query(tx, GROUP_MOVE, [
    moves.map((move) => move.recipientId),
    moves.map((move) => move.id),
    moves.map((move) => move.by),
    moves.map((move) => move.changeId),
    moves.map((move) => move.read),
    moves.map((move) => move.commentId),
    moves.map((move) => move.actorIds[0] ?? null),
    moves.map((move) => move.actorIds[1] ?? null),
    moves.map((move) => move.actorIds[2] ?? null),
    moves.map((move) => move.actorTimes[0] ?? null),
    moves.map((move) => move.actorTimes[1] ?? null),
    moves.map((move) => move.actorTimes[2] ?? null),
  ]);
}
