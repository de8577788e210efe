import { type Executor, query, statement } from '@tintype/postgres';

/** Where a push service takes messages for one browser or device, and the keys that encrypt them for it (RFC 8291). */
export type PushPlace = { id: bigint; userId: bigint; endpoint: string; p256dh: string; auth: string };

const COLUMNS = 'id, user_id AS "userId", endpoint, p256dh, auth';

const PUSH_SUBSCRIPTION_PUT = statement(
  'push_subscription_put',
  `INSERT INTO notification.push_subscription (id, user_id, endpoint, p256dh, auth) SELECT $1::bigint, $2::bigint, $3, $4, $5
   WHERE NOT EXISTS (SELECT FROM notification.erased_person WHERE user_id = $2)
   ON CONFLICT (endpoint) DO UPDATE SET p256dh = excluded.p256dh, auth = excluded.auth, user_id = excluded.user_id,
     id = CASE WHEN push_subscription.user_id = excluded.user_id THEN push_subscription.id ELSE excluded.id END
   WHERE push_subscription.user_id = excluded.user_id
     OR (push_subscription.p256dh = excluded.p256dh AND push_subscription.auth = excluded.auth)
   RETURNING ${COLUMNS}`,
);

/**
 * A browser that is known already becomes this person's. Its keys show that it is the same browser: whoever knows only the endpoint of
 * somebody else gets nothing.
 *
 * @returns it as it is written down; null where somebody else has it with other keys, or the person is erased
 */
export async function putSubscription(tx: Executor, subscription: PushPlace): Promise<PushPlace | null> {
  const { id, userId, endpoint, p256dh, auth } = subscription;
  const [row] = await query(tx, PUSH_SUBSCRIPTION_PUT, [id, userId, endpoint, p256dh, auth]);
  return row ?? null;
}

const PUSH_SUBSCRIPTION_LIST = statement(
  'push_subscription_list',
  `SELECT ${COLUMNS} FROM notification.push_subscription WHERE user_id = $1 ORDER BY id DESC`,
);

/** Newest first. */
export function listSubscriptions(executor: Executor, userId: bigint): Promise<PushPlace[]> {
  return query(executor, PUSH_SUBSCRIPTION_LIST, [userId]);
}

const PUSH_SUBSCRIPTION_FIND = statement(
  'push_subscription_find',
  `SELECT ${COLUMNS} FROM notification.push_subscription WHERE user_id = $1 AND id = $2`,
);

export async function findSubscription(executor: Executor, userId: bigint, id: bigint): Promise<PushPlace | null> {
  return (await query(executor, PUSH_SUBSCRIPTION_FIND, [userId, id]))[0] ?? null;
}

const PUSH_SUBSCRIPTION_DELETE = statement(
  'push_subscription_delete',
  `WITH gone AS (
    DELETE FROM notification.push_subscription WHERE user_id = $1 AND id = $2 RETURNING id),
  unsent AS (DELETE FROM notification.delivery WHERE recipient_id = $1 AND target_id = $2)
  SELECT id FROM gone`,
);

/** With what was to be sent to it. @returns whether the person had it */
export async function deleteSubscription(executor: Executor, userId: bigint, id: bigint): Promise<boolean> {
  return (await query(executor, PUSH_SUBSCRIPTION_DELETE, [userId, id])).length > 0;
}

const PUSH_SUBSCRIPTION_TRIM = statement(
  'push_subscription_trim',
  `DELETE FROM notification.push_subscription WHERE user_id = $1 AND id <= (
  SELECT id FROM notification.push_subscription WHERE user_id = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)`,
);

/** Removes a person's oldest ones beyond so many. */
export async function trimSubscriptions(tx: Executor, userId: bigint, kept: number): Promise<void> {
  await query(tx, PUSH_SUBSCRIPTION_TRIM, [userId, kept]);
}

const PUSH_SUBSCRIPTION_DELETE_ALL = statement(
  'push_subscription_delete_all',
  'DELETE FROM notification.push_subscription',
);

export async function deleteAllSubscriptions(tx: Executor): Promise<void> {
  await query(tx, PUSH_SUBSCRIPTION_DELETE_ALL, []);
}
