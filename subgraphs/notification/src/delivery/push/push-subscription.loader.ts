import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { listSubscriptions, type StoredPushSubscription } from './push-subscription.repository.ts';

/** Push subscriptions of the viewer, who has few; a visitor has none. */
export function createPushSubscriptionLoader(
  pool: Executor,
  userId: bigint | null,
): Loader<bigint, StoredPushSubscription> {
  return createLoader(async () => {
    const subscriptions = userId === null ? [] : await listSubscriptions(pool, userId);
    return new Map(subscriptions.map((subscription) => [String(subscription.id), subscription]));
  });
}
