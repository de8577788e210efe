import { can, type Relation } from '@tintype/policy';
import type { NotificationModel } from './notification.model.ts';

/** Whether a notification may name a person to its recipient. */
export function isActorVisible(relation: Relation | null | undefined): boolean {
  return relation !== null && relation !== undefined && can('profile.view', relation) && !relation.blocks;
}

/**
 * Whether the recipient may know of a notification. Events withdraw it when its people are hidden, but hiding must not
 * wait for them.
 *
 * @param relationOf the recipient's relation to one of its latest actors. Beyond these, there may be others who are
 * visible
 */
export function isNotificationVisible(
  { actorIds, actorCount, readAt }: NotificationModel,
  relationOf: (actorId: bigint) => Relation | null | undefined,
): boolean {
  if (actorCount > actorIds.length) return true;
  return actorIds.some((id) => {
    const relation = relationOf(id);
    return isActorVisible(relation) && (readAt !== null || !relation?.mutes);
  });
}

/**
 * Whether a notification may leave the app. Nothing is sent of people whom the recipient restricts, or who have been
 * hidden since.
 */
export function isDeliverable(
  notification: NotificationModel,
  relationOf: (actorId: bigint) => Relation | null | undefined,
): boolean {
  return isNotificationVisible(notification, (id) => {
    const relation = relationOf(id);
    return relation?.restricts ? null : relation;
  });
}
