import { type Executor, query, statement } from '@tintype/postgres';

/** The address at which a push service accepts messages for one browser, and the keys that encrypt them (RFC 8291). */
export type StoredPushSubscription = { id: bigint; userId: bigint; endpoint: string; p256dh: string; auth: string };

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
 * Registers a browser. A known browser is moved to this person: its keys prove that it is the same one. Somebody who
 * knows only the endpoint of another person gets nothing.
 *
 * @returns the stored row; null if another person has the endpoint with other keys, or if the person is erased
 */
export async function putSubscription(
  tx: Executor,
  subscription: StoredPushSubscription,
): Promise<StoredPushSubscription | null> {
  const { id, userId, endpoint, p256dh, auth } = subscription;
  const [row] = await query(tx, PUSH_SUBSCRIPTION_PUT, [id, userId, endpoint, p256dh, auth]);
  return row ?? null;
}

const PUSH_SUBSCRIPTION_LIST = statement(
  'push_subscription_list',
  `SELECT ${COLUMNS} FROM notification.push_subscription WHERE user_id = $1 ORDER BY id DESC`,
);

/** Newest first. */
export function listSubscriptions(executor: Executor, userId: bigint): Promise<StoredPushSubscription[]> {
  return query(executor, PUSH_SUBSCRIPTION_LIST, [userId]);
}

const PUSH_SUBSCRIPTION_FIND = statement(
  'push_subscription_find',
  `SELECT ${COLUMNS} FROM notification.push_subscription WHERE user_id = $1 AND id = $2`,
);

export async function findSubscription(
  executor: Executor,
  userId: bigint,
  id: bigint,
): Promise<StoredPushSubscription | null> {
  return (await query(executor, PUSH_SUBSCRIPTION_FIND, [userId, id]))[0] ?? null;
}

const PUSH_SUBSCRIPTION_DELETE = statement(
  'push_subscription_delete',
  `WITH deleted AS (
    DELETE FROM notification.push_subscription WHERE user_id = $1 AND id = $2 RETURNING id),
  unsent AS (DELETE FROM notification.delivery WHERE recipient_id = $1 AND destination_id = $2)
  SELECT id FROM deleted`,
);

/** Also deletes its pending deliveries. @returns whether the person had it */
export async function deleteSubscription(executor: Executor, userId: bigint, id: bigint): Promise<boolean> {
  return (await query(executor, PUSH_SUBSCRIPTION_DELETE, [userId, id])).length > 0;
}

const PUSH_SUBSCRIPTION_TRIM = statement(
  'push_subscription_trim',
  `DELETE FROM notification.push_subscription WHERE user_id = $1 AND id <= (
  SELECT id FROM notification.push_subscription WHERE user_id = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)`,
);

/** Removes a person's oldest subscriptions. @param kept how many stay */
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
