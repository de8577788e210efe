import type { Loader } from '@tintype/graphql';
import type { Relation } from '@tintype/policy';
import type { NotificationModel } from './notification.model.ts';
import { isNotificationVisible } from './visibility.rules.ts';

/** Those of these notifications that their recipient may know of. @param relations of the recipient */
export async function findVisibleNotifications(
  notifications: readonly NotificationModel[],
  relations: Loader<bigint, Relation>,
): Promise<Set<NotificationModel>> {
  const actorIds = [...new Set(notifications.flatMap((one) => one.actorIds))];
  const found = await Promise.all(actorIds.map((id) => relations.load(id)));
  const byId = new Map(actorIds.map((id, index) => [id, found[index]]));
  return new Set(notifications.filter((one) => isNotificationVisible(one, (id) => byId.get(id))));
}
