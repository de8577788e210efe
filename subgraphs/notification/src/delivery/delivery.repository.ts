import { type Executor, query, statement } from '@tintype/postgres';
import type { NotificationKind } from '@tintype/schema/events/notification';
import { type Delivery, MAIL_TARGET } from './delivery.model.ts';

/** A change of somebody's notification. */
export type Change = { recipientId: bigint; notificationId: bigint; changeId: bigint; kind: NotificationKind };

/** How long a change waits: it may be read, taken back or joined by others in that time. In milliseconds. */
export type Waits = {
  push: number;
  mail: number;
  /** From one message about a notification to the next. */
  again: number;
};

/** As long as an event may be told again, and a day. */
const KEPT_DAYS = 8;
const PRUNED_AT_ONCE = 1000;

const NOTE = statement(
  'delivery_note',
  `
  INSERT INTO notification.delivery (recipient_id, target_id, notification_id, change_id, due_at)
  SELECT recipient_id, target_id, notification_id, max(change_id), now() + max(wait) * interval '1 ms' FROM (
    SELECT c.recipient_id, s.id AS target_id, c.notification_id, c.change_id, $5::int AS wait
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) AS c(recipient_id, notification_id, change_id, kind)
    JOIN notification.push_subscription s ON s.user_id = c.recipient_id
    LEFT JOIN notification.delivery_setting d ON d.user_id = c.recipient_id
    WHERE d.user_id IS NULL OR c.kind = ANY(d.push_kinds)
    UNION ALL
    SELECT c.recipient_id, ${MAIL_TARGET}, c.notification_id, c.change_id, $6::int
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) AS c(recipient_id, notification_id, change_id, kind)
    JOIN notification.delivery_setting d ON d.user_id = c.recipient_id AND c.kind = ANY(d.mail_kinds)) AS wanted
  GROUP BY recipient_id, target_id, notification_id ORDER BY 1, 2, 3
  ON CONFLICT (recipient_id, target_id, notification_id) DO UPDATE SET
    change_id = excluded.change_id, changed_at = now(),
    due_at = coalesce(delivery.due_at, greatest(excluded.due_at, delivery.sent_at + $7::int * interval '1 ms'))
  WHERE excluded.change_id > delivery.change_id`,
);

/** Notes what is to be sent of these changes, to whom wants it. A change that is known already changes nothing. */
export async function noteChanges(executor: Executor, changes: readonly Change[], waits: Waits): Promise<void> {
  await query(executor, NOTE, [
    changes.map((change) => change.recipientId),
    changes.map((change) => change.notificationId),
    changes.map((change) => change.changeId),
    changes.map((change) => change.kind),
    waits.push,
    waits.mail,
    waits.again,
  ]);
}

/** What one look takes: places that wait longest, and rows in all. */
const PLACES = 16;
const ROWS = 1000;

const CLAIM = statement(
  'delivery_claim',
  `
  WITH place AS MATERIALIZED (
    SELECT DISTINCT recipient_id, target_id FROM (
      SELECT recipient_id, target_id FROM notification.delivery WHERE due_at <= now() ORDER BY due_at LIMIT ${PLACES}) AS oldest),
  taken AS MATERIALIZED (
    SELECT d.recipient_id, d.target_id, d.notification_id
    FROM place JOIN notification.delivery d USING (recipient_id, target_id)
    WHERE d.due_at <= now() LIMIT ${ROWS} FOR UPDATE OF d SKIP LOCKED)
  UPDATE notification.delivery d SET due_at = now() + $1::int * interval '1 ms', attempts = d.attempts + 1
  FROM taken t
  WHERE d.recipient_id = t.recipient_id AND d.target_id = t.target_id AND d.notification_id = t.notification_id
  RETURNING d.recipient_id AS "recipientId", d.target_id AS "targetId", d.notification_id AS "notificationId",
    d.change_id AS "changeId", d.attempts::int AS "attempts!"`,
);

/** Takes what is due, of each place all together; what is not settled in `leaseMs` is due again. */
export function claimDue(executor: Executor, leaseMs: number): Promise<Delivery[]> {
  return query(executor, CLAIM, [leaseMs]);
}

const OF_ROWS = `FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
    AS settled(recipient_id, target_id, notification_id, change_id)
  WHERE d.recipient_id = settled.recipient_id AND d.target_id = settled.target_id
    AND d.notification_id = settled.notification_id`;

const columns = (rows: readonly Delivery[]) =>
  [
    rows.map((row) => row.recipientId),
    rows.map((row) => row.targetId),
    rows.map((row) => row.notificationId),
    rows.map((row) => row.changeId),
  ] as const;

const DELIVERY_SETTLE = statement(
  'delivery_settle',
  `UPDATE notification.delivery d SET attempts = 0,
    sent_at = CASE WHEN $5?::int IS NULL THEN d.sent_at ELSE now() END,
    due_at = CASE WHEN d.change_id = settled.change_id THEN NULL ELSE now() + coalesce($5::int, 0) * interval '1 ms' END
  ${OF_ROWS}`,
);

/**
 * Nothing more is to be sent of these, unless they changed meanwhile.
 *
 * @param againMs until the next message about one that was sent and changed meanwhile; null where nothing was sent
 */
export async function settleRows(executor: Executor, rows: readonly Delivery[], againMs: number | null): Promise<void> {
  if (rows.length === 0) return;
  await query(executor, DELIVERY_SETTLE, [...columns(rows), againMs]);
}

const DELIVERY_POSTPONE = statement(
  'delivery_postpone',
  `UPDATE notification.delivery d SET due_at = $5::timestamptz,
    attempts = CASE WHEN $6::boolean THEN d.attempts ELSE 0 END ${OF_ROWS}`,
);

/** @param keepAttempts whether the try that was made counts */
export async function postponeRows(
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
    ORDER BY changed_at LIMIT ${PRUNED_AT_ONCE})) RETURNING 1`,
);

/** Removes what no event can tell again, a bounded number at a time. @returns how many */
export async function pruneRows(executor: Executor): Promise<number> {
  return (await query(executor, DELIVERY_PRUNE, [])).length;
}
