import { type Executor, query, statement } from '@tintype/postgres';
import type { NotificationKind } from '@tintype/schema/events/notification';
import { type Delivery, MAIL_DESTINATION } from './delivery.model.ts';

/** A change of somebody's notification. */
export type Change = { recipientId: bigint; notificationId: bigint; changeId: bigint; kind: NotificationKind };

/** How long a change delays: it may be read, taken back or joined by others in that time. In milliseconds. */
export type DeliveryDelays = {
  push: number;
  mail: number;
  /** Time between two messages about a notification. */
  repeat: number;
};

/** Events can be delivered again for seven days. */
const KEPT_DAYS = 8;
const PRUNE_BATCH_SIZE = 1000;

const SCHEDULE = statement(
  'delivery_schedule',
  `
  INSERT INTO notification.delivery (recipient_id, destination_id, notification_id, change_id, due_at)
  SELECT recipient_id, destination_id, notification_id, max(change_id), now() + max(wait) * interval '1 ms' FROM (
    SELECT c.recipient_id, s.id AS destination_id, c.notification_id, c.change_id, $5::int AS wait
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) AS c(recipient_id, notification_id, change_id, kind)
    JOIN notification.push_subscription s ON s.user_id = c.recipient_id
    LEFT JOIN notification.delivery_setting d ON d.user_id = c.recipient_id
    WHERE d.user_id IS NULL OR c.kind = ANY(d.push_kinds)
    UNION ALL
    SELECT c.recipient_id, ${MAIL_DESTINATION}, c.notification_id, c.change_id, $6::int
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) AS c(recipient_id, notification_id, change_id, kind)
    JOIN notification.delivery_setting d ON d.user_id = c.recipient_id AND c.kind = ANY(d.mail_kinds)) AS wanted
  GROUP BY recipient_id, destination_id, notification_id ORDER BY 1, 2, 3
  ON CONFLICT (recipient_id, destination_id, notification_id) DO UPDATE SET
    change_id = excluded.change_id, changed_at = now(),
    due_at = coalesce(delivery.due_at, greatest(excluded.due_at, delivery.sent_at + $7::int * interval '1 ms'))
  WHERE excluded.change_id > delivery.change_id`,
);

/** Schedules messages about these changes to all destinations that want them. A known change has no effect. */
export async function scheduleDeliveries(
  executor: Executor,
  changes: readonly Change[],
  delays: DeliveryDelays,
): Promise<void> {
  await query(executor, SCHEDULE, [
    changes.map((change) => change.recipientId),
    changes.map((change) => change.notificationId),
    changes.map((change) => change.changeId),
    changes.map((change) => change.kind),
    delays.push,
    delays.mail,
    delays.repeat,
  ]);
}

/** One claim takes the destinations that have waited longest, and at most this many rows in all. */
const CLAIMED_DESTINATIONS = 16;
const CLAIMED_ROWS = 1000;

const CLAIM = statement(
  'delivery_claim',
  `
  WITH destination AS MATERIALIZED (
    SELECT DISTINCT recipient_id, destination_id FROM (
      SELECT recipient_id, destination_id FROM notification.delivery WHERE due_at <= now() ORDER BY due_at LIMIT ${CLAIMED_DESTINATIONS}) AS oldest),
  taken AS MATERIALIZED (
    SELECT d.recipient_id, d.destination_id, d.notification_id
    FROM destination JOIN notification.delivery d USING (recipient_id, destination_id)
    WHERE d.due_at <= now() LIMIT ${CLAIMED_ROWS} FOR UPDATE OF d SKIP LOCKED)
  UPDATE notification.delivery d SET due_at = now() + $1::int * interval '1 ms', attempts = d.attempts + 1
  FROM taken t
  WHERE d.recipient_id = t.recipient_id AND d.destination_id = t.destination_id AND d.notification_id = t.notification_id
  RETURNING d.recipient_id AS "recipientId", d.destination_id AS "destinationId", d.notification_id AS "notificationId",
    d.change_id AS "changeId", d.attempts::int AS "attempts!"`,
);

/**
 * Leases deliveries that are due, all of a destination together. Those that are not completed in `leaseMs` are due
 * again.
 */
export function claimDueDeliveries(executor: Executor, leaseMs: number): Promise<Delivery[]> {
  return query(executor, CLAIM, [leaseMs]);
}

const OF_ROWS = `FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
    AS given(recipient_id, destination_id, notification_id, change_id)
  WHERE d.recipient_id = given.recipient_id AND d.destination_id = given.destination_id
    AND d.notification_id = given.notification_id`;

const columns = (rows: readonly Delivery[]) =>
  [
    rows.map((row) => row.recipientId),
    rows.map((row) => row.destinationId),
    rows.map((row) => row.notificationId),
    rows.map((row) => row.changeId),
  ] as const;

const DELIVERY_COMPLETE = statement(
  'delivery_complete',
  `UPDATE notification.delivery d SET attempts = 0,
    sent_at = CASE WHEN $5?::int IS NULL THEN d.sent_at ELSE now() END,
    due_at = CASE WHEN d.change_id = given.change_id THEN NULL ELSE now() + coalesce($5::int, 0) * interval '1 ms' END
  ${OF_ROWS}`,
);

/**
 * Marks deliveries as done, unless their notification has changed meanwhile.
 *
 * @param repeatMs time until the next message if one was sent and its notification has changed meanwhile; null if
 * nothing was sent
 */
export async function completeDeliveries(
  executor: Executor,
  rows: readonly Delivery[],
  repeatMs: number | null,
): Promise<void> {
  if (rows.length === 0) return;
  await query(executor, DELIVERY_COMPLETE, [...columns(rows), repeatMs]);
}

const DELIVERY_POSTPONE = statement(
  'delivery_postpone',
  `UPDATE notification.delivery d SET due_at = $5::timestamptz,
    attempts = CASE WHEN $6::boolean THEN d.attempts ELSE 0 END ${OF_ROWS}`,
);

/** @param keepAttempts whether the attempt counts */
export async function postponeDeliveries(
  executor: Executor,
  rows: readonly Delivery[],
  until: Date,
  keepAttempts: boolean,
): Promise<void> {
  await query(executor, DELIVERY_POSTPONE, [...columns(rows), until, keepAttempts]);
}

const DELIVERY_PRUNE = statement(
  'delivery_prune',
  `DELETE FROM notification.delivery WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM notification.delivery
    WHERE changed_at < now() - interval '${KEPT_DAYS} days' AND due_at IS NULL
    ORDER BY changed_at LIMIT ${PRUNE_BATCH_SIZE})) RETURNING 1`,
);

/** Removes deliveries that no event can schedule again, a bounded number at a time. @returns how many */
export async function pruneDeliveries(executor: Executor): Promise<number> {
  return (await query(executor, DELIVERY_PRUNE, [])).length;
}
