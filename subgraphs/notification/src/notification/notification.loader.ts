import { createLoader, type Loader } from '@tintype/graphql';
import type { Relation } from '@tintype/policy';
import type { Executor } from '@tintype/postgres';
import type { NotificationModel } from './notification.model.ts';
import { findNotifications } from './notification.repository.ts';
import { findVisibleNotifications } from './visible-notifications.ts';

/** Finds only notifications of the viewer, whatever the id, and none whose people are all hidden from them. */
export function createNotificationLoader(
  pool: Executor,
  viewerId: bigint | null,
  relations: Loader<bigint, Relation>,
): Loader<bigint, NotificationModel> {
  return createLoader(async (ids) => {
    const found = viewerId === null ? [] : await findNotifications(pool, viewerId, ids);
    const visible = await findVisibleNotifications(found, relations);
    return new Map([...visible].map((one) => [String(one.id), one]));
  });
}
