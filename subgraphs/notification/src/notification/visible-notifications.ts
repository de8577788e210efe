import type { Loader } from '@tintype/graphql';
import type { Relation } from '@tintype/policy';
import type { NotificationModel } from './notification.model.ts';
import { isDeliverable, isNotificationVisible } from './visibility.rules.ts';

/** Those of these notifications that their recipient may know of. @param relations of the recipient */
export async function findVisibleNotifications(
  notifications: readonly NotificationModel[],
  relations: Loader<bigint, Relation>,
): Promise<Set<NotificationModel>> {
  const relationOf = await findRelationsToActors(notifications, relations);
  return new Set(notifications.filter((one) => isNotificationVisible(one, relationOf)));
}

/** Those that may be sent to their recipient outside the app. @param relations of the recipient */
export async function findDeliverable(
  notifications: readonly NotificationModel[],
  relations: Loader<bigint, Relation>,
): Promise<NotificationModel[]> {
  const relationOf = await findRelationsToActors(notifications, relations);
  return notifications.filter((one) => isDeliverable(one, relationOf));
}

async function findRelationsToActors(
  notifications: readonly NotificationModel[],
  relations: Loader<bigint, Relation>,
): Promise<(actorId: bigint) => Relation | null | undefined> {
  const actorIds = [...new Set(notifications.flatMap((one) => one.actorIds))];
  const found = await Promise.all(actorIds.map((id) => relations.load(id)));
  const byId = new Map(actorIds.map((id, index) => [id, found[index]]));
  return (id) => byId.get(id);
}
