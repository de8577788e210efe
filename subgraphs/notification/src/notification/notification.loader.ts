import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { NotificationModel } from './notification.model.ts';
import { findNotifications } from './notification.repository.ts';

/** Finds only notifications of the viewer, whatever the id. */
export function createNotificationLoader(pool: Executor, viewerId: bigint | null): Loader<bigint, NotificationModel> {
  return createLoader(async (ids) => {
    const found = viewerId === null ? [] : await findNotifications(pool, viewerId, ids);
    return new Map(found.map((one) => [String(one.id), one]));
  });
}
