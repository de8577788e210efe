import { type Executor, query, statement } from '@tintype/postgres';
import type { GroupId } from './group.model.ts';
import type { LatestActors } from './latest-actors.rules.ts';

export type ActorKey = { recipientId: bigint; notificationId: bigint; actorId: bigint };

const ACTOR_FIND = statement(
  'actor_find',
  `SELECT given.recipient_id AS "recipientId!", given.notification_id AS "notificationId!", given.actor_id AS "actorId!"
   FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS given(recipient_id, notification_id, actor_id)
   CROSS JOIN LATERAL (
     SELECT FROM notification.activity a
     WHERE a.recipient_id = given.recipient_id AND a.actor_id = given.actor_id AND a.notification_id = given.notification_id
       AND a.shown LIMIT 1) AS shown`,
);

/**
 * Which of these people are in these notifications, because an activity of theirs is shown. The recipients must be
 * locked.
 */
export function findActors(tx: Executor, keys: readonly ActorKey[]): Promise<ActorKey[]> {
  return query(tx, ACTOR_FIND, [
    keys.map((key) => key.recipientId),
    keys.map((key) => key.notificationId),
    keys.map((key) => key.actorId),
  ]);
}

const ACTOR_FIND_LATEST = statement(
  'actor_find_latest',
  `WITH RECURSIVE newest AS (
     SELECT given.recipient_id, given.id, first.comment_id, ARRAY[first.actor_id] AS actor_ids, ARRAY[first.at_ms] AS actor_times
     FROM unnest($1::bigint[], $2::bigint[]) AS given(recipient_id, id) CROSS JOIN LATERAL (
       SELECT a.actor_id, a.at_ms, a.comment_id FROM notification.activity a
       WHERE a.recipient_id = given.recipient_id AND a.notification_id = given.id AND a.shown
       ORDER BY a.at_ms DESC, a.actor_id DESC, a.comment_id DESC NULLS LAST LIMIT 1) AS first
     UNION ALL
     SELECT n.recipient_id, n.id, n.comment_id, n.actor_ids || next.actor_id, n.actor_times || next.at_ms
     FROM newest n CROSS JOIN LATERAL (
       SELECT a.actor_id, a.at_ms FROM notification.activity a
       WHERE a.recipient_id = n.recipient_id AND a.notification_id = n.id AND a.shown AND a.actor_id <> ALL(n.actor_ids)
       ORDER BY a.at_ms DESC, a.actor_id DESC LIMIT 1) AS next
     WHERE cardinality(n.actor_ids) < 3)
   SELECT DISTINCT ON (recipient_id, id) recipient_id AS "recipientId!", id AS "id!", comment_id AS "commentId",
     actor_ids AS "actorIds!", actor_times AS "actorTimes!"
   FROM newest ORDER BY recipient_id, id, cardinality(actor_ids) DESC`,
);

/**
 * The latest actors of notifications, computed from all their activities in three index lookups for each notification.
 */
export function findLatestActors(tx: Executor, groups: readonly GroupId[]): Promise<(LatestActors & GroupId)[]> {
  return query(tx, ACTOR_FIND_LATEST, [groups.map((group) => group.recipientId), groups.map((group) => group.id)]);
}
