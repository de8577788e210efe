import { type Executor, query, statement } from '@tintype/postgres';
import type { Newest } from './newest.rules.ts';

export type ActorKey = { recipientId: bigint; notificationId: bigint; actorId: bigint };

const ACTOR_FIND = statement(
  'actor_find',
  `SELECT given.recipient_id AS "recipientId!", given.notification_id AS "notificationId!", given.actor_id AS "actorId!"
   FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS given(recipient_id, notification_id, actor_id)
   CROSS JOIN LATERAL (
     SELECT FROM notification.cause c
     WHERE c.recipient_id = given.recipient_id AND c.actor_id = given.actor_id AND c.notification_id = given.notification_id
       AND c.shown LIMIT 1) AS shown`,
);

/** Those of these people who are in these notifications: by something shown that they did. Recipients must be locked. */
export function findActors(tx: Executor, keys: readonly ActorKey[]): Promise<ActorKey[]> {
  return query(tx, ACTOR_FIND, [
    keys.map((key) => key.recipientId),
    keys.map((key) => key.notificationId),
    keys.map((key) => key.actorId),
  ]);
}

const ACTOR_NEWEST = statement(
  'actor_newest',
  `WITH RECURSIVE newest AS (
     SELECT given.recipient_id, given.id, first.comment_id, ARRAY[first.actor_id] AS actor_ids, ARRAY[first.at_ms] AS actor_times
     FROM unnest($1::bigint[], $2::bigint[]) AS given(recipient_id, id) CROSS JOIN LATERAL (
       SELECT c.actor_id, c.at_ms, c.comment_id FROM notification.cause c
       WHERE c.recipient_id = given.recipient_id AND c.notification_id = given.id AND c.shown
       ORDER BY c.at_ms DESC, c.actor_id DESC, c.comment_id DESC NULLS LAST LIMIT 1) AS first
     UNION ALL
     SELECT n.recipient_id, n.id, n.comment_id, n.actor_ids || next.actor_id, n.actor_times || next.at_ms
     FROM newest n CROSS JOIN LATERAL (
       SELECT c.actor_id, c.at_ms FROM notification.cause c
       WHERE c.recipient_id = n.recipient_id AND c.notification_id = n.id AND c.shown AND c.actor_id <> ALL(n.actor_ids)
       ORDER BY c.at_ms DESC, c.actor_id DESC LIMIT 1) AS next
     WHERE cardinality(n.actor_ids) < 3)
   SELECT DISTINCT ON (recipient_id, id) recipient_id AS "recipientId!", id AS "id!", comment_id AS "commentId",
     actor_ids AS "actorIds!", actor_times AS "actorTimes!"
   FROM newest ORDER BY recipient_id, id, cardinality(actor_ids) DESC`,
);

/** The newest people of notifications, looked up among all that was done: three steps through an index for each. */
export function findNewest(
  tx: Executor,
  groups: readonly { recipientId: bigint; id: bigint }[],
): Promise<(Newest & { recipientId: bigint; id: bigint })[]> {
  return query(tx, ACTOR_NEWEST, [groups.map((group) => group.recipientId), groups.map((group) => group.id)]);
}
