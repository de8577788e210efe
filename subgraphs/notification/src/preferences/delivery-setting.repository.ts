import { type Executor, query, statement } from '@tintype/postgres';
import type { NotificationKind } from '@tintype/schema/events/notification';
import type { DeliverySetting, Digest } from './delivery-setting.model.ts';

type Row = {
  userId: bigint;
  pushKinds: NotificationKind[];
  mailKinds: NotificationKind[];
  timeZone: string;
  quietFrom: number | null;
  quietTo: number | null;
  digest: Digest;
  digestHour: number;
};

const COLUMNS = `user_id AS "userId", push_kinds AS "pushKinds!", mail_kinds AS "mailKinds!", time_zone AS "timeZone",
  quiet_from::int AS "quietFrom", quiet_to::int AS "quietTo", digest, digest_hour::int AS "digestHour!"`;

export type DueDigest = { userId: bigint; setting: DeliverySetting; digestChangeId: bigint };

const DELIVERY_SETTING_FIND = statement(
  'delivery_setting_find',
  `SELECT ${COLUMNS} FROM notification.delivery_setting WHERE user_id = $1`,
).narrow<Pick<Row, 'pushKinds' | 'mailKinds' | 'digest'>>();

/** @returns null for a person who has set nothing */
export async function findDeliverySetting(executor: Executor, userId: bigint): Promise<DeliverySetting | null> {
  const [row] = await query(executor, DELIVERY_SETTING_FIND, [userId]);
  return row ? toSetting(row) : null;
}

const DELIVERY_SETTING_PUT = statement(
  'delivery_setting_put',
  `INSERT INTO notification.delivery_setting
     (user_id, push_kinds, mail_kinds, time_zone, quiet_from, quiet_to, digest, digest_hour, digest_due_at, digest_change_id)
   SELECT $1::bigint, $2::text[], $3::text[], $4, $5?::smallint, $6?::smallint, $7, $8::smallint, $9?::timestamptz, $10::bigint
   WHERE NOT EXISTS (SELECT FROM notification.erased_person WHERE user_id = $1)
   ON CONFLICT (user_id) DO UPDATE SET push_kinds = excluded.push_kinds, mail_kinds = excluded.mail_kinds,
     time_zone = excluded.time_zone, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
     digest_change_id = CASE WHEN delivery_setting.digest = 'OFF' THEN excluded.digest_change_id
       ELSE delivery_setting.digest_change_id END,
     digest = excluded.digest, digest_hour = excluded.digest_hour, digest_due_at = excluded.digest_due_at`,
);

/**
 * Writes nothing for people who are erased.
 *
 * @param digestDueAt when the next digest is sent
 * @param digestChangeId if the person had no digest before, the first one begins after this change
 */
export async function putDeliverySetting(
  tx: Executor,
  userId: bigint,
  setting: DeliverySetting,
  digestDueAt: Date | null,
  digestChangeId: bigint,
): Promise<void> {
  const { pushKinds, mailKinds, timeZone, quiet, digest, digestHour } = setting;
  await query(tx, DELIVERY_SETTING_PUT, [
    userId,
    pushKinds,
    mailKinds,
    timeZone,
    quiet?.from ?? null,
    quiet?.to ?? null,
    digest,
    digestHour,
    digestDueAt,
    digestChangeId,
  ]);
}

const MAIL_STOP = statement(
  'mail_stop',
  `UPDATE notification.delivery_setting SET mail_kinds = '{}' WHERE user_id = $1`,
);

/** Stops mails about single notifications. */
export async function stopMails(executor: Executor, userId: bigint): Promise<void> {
  await query(executor, MAIL_STOP, [userId]);
}

const DIGEST_STOP = statement(
  'digest_stop',
  `UPDATE notification.delivery_setting SET digest = 'OFF', digest_due_at = NULL WHERE user_id = $1`,
);

export async function stopDigests(executor: Executor, userId: bigint): Promise<void> {
  await query(executor, DIGEST_STOP, [userId]);
}

const DIGEST_BATCH_SIZE = 16;

const DIGEST_CLAIM = statement(
  'digest_claim',
  `UPDATE notification.delivery_setting SET digest_due_at = now() + $1::int * interval '1 ms'
  WHERE user_id IN (SELECT user_id FROM notification.delivery_setting
    WHERE digest_due_at <= now() ORDER BY digest_due_at LIMIT ${DIGEST_BATCH_SIZE} FOR UPDATE SKIP LOCKED)
  RETURNING ${COLUMNS}, digest_change_id AS "digestChangeId"`,
).narrow<Pick<Row, 'pushKinds' | 'mailKinds' | 'digest'>>();

/** Leases digests that are due. Those that are not rescheduled in `leaseMs` are due again. */
export async function claimDigests(executor: Executor, leaseMs: number): Promise<DueDigest[]> {
  const rows = await query(executor, DIGEST_CLAIM, [leaseMs]);
  return rows.map((row) => ({ userId: row.userId, setting: toSetting(row), digestChangeId: row.digestChangeId }));
}

const DIGEST_RESCHEDULE = statement(
  'digest_reschedule',
  `UPDATE notification.delivery_setting SET digest_change_id = greatest(digest_change_id, $3),
    digest_due_at = CASE WHEN digest = $4 AND digest_hour = $5 AND time_zone = $6 THEN $2::timestamptz ELSE digest_due_at END
  WHERE user_id = $1`,
);

/**
 * Sets when the next digest is due, unless the person has changed the setting meanwhile.
 *
 * @param changeId the latest change in a sent digest
 */
export async function rescheduleDigest(
  executor: Executor,
  { userId, setting }: DueDigest,
  dueAt: Date,
  changeId: bigint,
): Promise<void> {
  const { digest, digestHour, timeZone } = setting;
  await query(executor, DIGEST_RESCHEDULE, [userId, dueAt, changeId, digest, digestHour, timeZone]);
}

function toSetting({ pushKinds, mailKinds, timeZone, quietFrom, quietTo, digest, digestHour }: Row): DeliverySetting {
  const quiet = quietFrom === null || quietTo === null ? null : { from: quietFrom, to: quietTo };
  return { pushKinds, mailKinds, timeZone, quiet, digest, digestHour };
}
