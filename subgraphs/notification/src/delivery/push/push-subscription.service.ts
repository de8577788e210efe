import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { CreatePushSubscriptionErrorCode } from '#generated/graphql.ts';
import { isEndpoint, isSubscriptionAuth, isSubscriptionKey } from './address.rules.ts';
import {
  deleteSubscription,
  listSubscriptions,
  putSubscription,
  type StoredPushSubscription,
  trimSubscriptions,
} from './push-subscription.repository.ts';

export type PushSubscriptionService = {
  /** Newest first, at most `MAX_SUBSCRIPTIONS`. */
  list(userId: bigint): Promise<StoredPushSubscription[]>;
  /** Can be repeated. If a person has too many, the oldest is deleted. */
  create(
    userId: bigint,
    given: { endpoint: string; p256dh: string; auth: string },
  ): Promise<
    StoredPushSubscription | { error: CreatePushSubscriptionErrorCode; field: 'endpoint' | 'p256dh' | 'auth' }
  >;
  /** @returns whether the person had it */
  delete(userId: bigint, id: bigint): Promise<boolean>;
};

/** How many browsers and devices a person may register. */
const MAX_SUBSCRIPTIONS = 20;

export function createPushSubscriptionService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  allowLocal: boolean;
}): PushSubscriptionService {
  const { pool, ids, allowLocal } = deps;
  return {
    list: (userId) => listSubscriptions(pool, userId),
    async create(userId, { endpoint, p256dh, auth }) {
      if (!isEndpoint(endpoint, allowLocal)) return { error: 'PUSH_ENDPOINT_INVALID', field: 'endpoint' };
      if (!isSubscriptionKey(p256dh)) return { error: 'PUSH_KEY_INVALID', field: 'p256dh' };
      if (!isSubscriptionAuth(auth)) return { error: 'PUSH_KEY_INVALID', field: 'auth' };
      return transaction(pool, async (tx) => {
        const put = await putSubscription(tx, { id: ids.next(), userId, endpoint, p256dh, auth });
        if (!put) return { error: 'PUSH_ENDPOINT_TAKEN' as const, field: 'endpoint' as const };
        await trimSubscriptions(tx, userId, MAX_SUBSCRIPTIONS);
        return put;
      });
    },
    delete: (userId, id) => deleteSubscription(pool, userId, id),
  };
}
