import { type Executor, query, statement } from '@tintype/postgres';
import type { Group, GroupId, GroupKey } from './group.model.ts';
import type { LatestActors } from './latest-actors.rules.ts';

const COLUMNS = `n.recipient_id AS "recipientId!", n.id AS "id!", n.kind AS "kind!", n.target_id AS "targetId!", n.window_no AS "windowNo!",
  n.actor_ids AS "actorIds!", n.actor_times AS "actorTimes!", n.comment_id AS "commentId", n.change_id AS "changeId!",
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

/**
 * Finds the groups with these keys, and creates those that are missing. Each key once. The recipients must be locked.
 */
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

export function findGroups(tx: Executor, ids: readonly GroupId[]): Promise<Group[]> {
  return query(tx, GROUP_FIND_IDS, [ids.map((one) => one.recipientId), ids.map((one) => one.id)]);
}

export type GroupUpdate = LatestActors & {
  recipientId: bigint;
  id: bigint;
  /** Added to the number of people in it. Negative if people leave. */
  addedActors: number;
  /** Its new change id; 0 if it keeps the one that it has. */
  changeId: bigint;
  /** Whether it becomes unread or read. */
  read: 'UNREAD' | 'READ' | 'KEEP';
};

const GROUP_UPDATE = statement(
  'group_update',
  `UPDATE notification.notification n SET
     actor_count = n.actor_count + updated.added_actors,
     actor_ids = array_remove(ARRAY[a1, a2, a3], NULL),
     actor_times = array_remove(ARRAY[t1, t2, t3], NULL),
     comment_id = updated.comment_id,
     change_id = CASE WHEN updated.change_id > 0 THEN updated.change_id ELSE n.change_id END,
     read_at = CASE updated.read WHEN 'UNREAD' THEN NULL WHEN 'READ' THEN now() ELSE n.read_at END
   FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::bigint[], $5::text[], $6?::bigint[], $7?::bigint[], $8?::bigint[],
       $9?::bigint[], $10?::bigint[], $11?::bigint[], $12?::bigint[])
     AS updated(recipient_id, id, added_actors, change_id, read, comment_id, a1, a2, a3, t1, t2, t3)
   WHERE n.recipient_id = updated.recipient_id AND n.id = updated.id
   RETURNING n.recipient_id AS "recipientId", n.id, updated.added_actors AS "addedActors!", n.actor_count AS "actorCount", n.read_at IS NOT NULL AS "isRead!"`,
);

/** @param updates at most one for each group; the recipients must be locked @returns the groups after the change */
export function updateGroups(
  tx: Executor,
  updates: readonly GroupUpdate[],
): Promise<(GroupId & { addedActors: number; actorCount: number; isRead: boolean })[]> {
  return query(tx, GROUP_UPDATE, [
    updates.map((update) => update.recipientId),
    updates.map((update) => update.id),
    updates.map((update) => update.addedActors),
    updates.map((update) => update.changeId),
    updates.map((update) => update.read),
    updates.map((update) => update.commentId),
    updates.map((update) => update.actorIds[0] ?? null),
    updates.map((update) => update.actorIds[1] ?? null),
    updates.map((update) => update.actorIds[2] ?? null),
    updates.map((update) => update.actorTimes[0] ?? null),
    updates.map((update) => update.actorTimes[1] ?? null),
    updates.map((update) => update.actorTimes[2] ?? null),
  ]);
}
