import { type Executor, query } from '@tintype/postgres';

export type ActorKey = { recipientId: bigint; notificationId: bigint; actorId: bigint };

/** By how much the number of people of a notification changed. */
export type ActorMove = { recipientId: bigint; id: bigint; by: number };

/** Adds people for a thing that they did, each once: the newest that they did counts. Recipients must be locked. */
export function addActors(
  tx: Executor,
  actors: readonly (ActorKey & { atMs: bigint; commentId: bigint | null })[],
): Promise<ActorMove[]> {
  return query(
    tx,
    'actor_add',
    `WITH put AS (
       INSERT INTO notification.actor AS a (recipient_id, notification_id, actor_id, at_ms, comment_id)
       SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
       ON CONFLICT (recipient_id, notification_id, actor_id) DO UPDATE SET at_ms = excluded.at_ms, comment_id = excluded.comment_id
       WHERE (excluded.at_ms, excluded.comment_id) > (a.at_ms, a.comment_id)
       RETURNING recipient_id, notification_id, (xmax = 0)::int AS added)
     SELECT recipient_id AS "recipientId", notification_id AS id, sum(added)::int AS by FROM put GROUP BY 1, 2`,
    [
      actors.map((actor) => actor.recipientId),
      actors.map((actor) => actor.notificationId),
      actors.map((actor) => actor.actorId),
      actors.map((actor) => actor.atMs),
      actors.map((actor) => actor.commentId),
    ],
  );
}

/** Makes the people of notifications what the shown causes say, for these people, each once. Recipients must be locked. */
export function settleActors(tx: Executor, keys: readonly ActorKey[]): Promise<ActorMove[]> {
  return query(
    tx,
    'actor_settle',
    `WITH now AS (
       SELECT given.*, newest.at_ms, newest.comment_id
       FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS given(recipient_id, notification_id, actor_id)
       LEFT JOIN LATERAL (
         SELECT c.at_ms, c.comment_id FROM notification.cause c
         WHERE c.recipient_id = given.recipient_id AND c.notification_id = given.notification_id
           AND c.actor_id = given.actor_id AND c.shown
         ORDER BY c.at_ms DESC, c.comment_id DESC LIMIT 1) AS newest ON true),
     gone AS (
       DELETE FROM notification.actor a USING now
       WHERE now.at_ms IS NULL AND a.recipient_id = now.recipient_id AND a.notification_id = now.notification_id
         AND a.actor_id = now.actor_id
       RETURNING a.recipient_id, a.notification_id),
     put AS (
       INSERT INTO notification.actor (recipient_id, notification_id, actor_id, at_ms, comment_id)
       SELECT recipient_id, notification_id, actor_id, at_ms, comment_id FROM now WHERE at_ms IS NOT NULL
       ON CONFLICT (recipient_id, notification_id, actor_id) DO UPDATE SET at_ms = excluded.at_ms, comment_id = excluded.comment_id
       RETURNING recipient_id, notification_id, (xmax = 0)::int AS added)
     SELECT recipient_id AS "recipientId", notification_id AS id, sum(by)::int AS by FROM (
       SELECT recipient_id, notification_id, -1 AS by FROM gone UNION ALL SELECT recipient_id, notification_id, added FROM put
     ) AS moved GROUP BY 1, 2`,
    [keys.map((key) => key.recipientId), keys.map((key) => key.notificationId), keys.map((key) => key.actorId)],
  );
}
