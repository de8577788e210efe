import type { NotificationKind } from '@tintype/schema/events/notification';
import {
  type Activity,
  type ActivityChange,
  type ActivityKey,
  activityKeyText,
  type NotificationAudience,
} from '#activity/activity.model.ts';
import { applyChange, isShown } from '#activity/activity.rules.ts';
import type { Group } from '#grouping/group.model.ts';
import { groupKeyOf, groupKeyText } from '#grouping/group.rules.ts';
import type { Relationship } from '#projection/relationship.rules.ts';

/** The state that reconciling needs, as it is while the recipients are locked. */
export type KnownState = {
  /** By `activityKeyText`. */
  activities: ReadonlyMap<string, Activity>;
  /** By `groupKeyText`. */
  groups: ReadonlyMap<string, Group>;
  groupById(recipientId: bigint, id: bigint): Group | undefined;
  audience(recipientId: bigint, kind: NotificationKind): NotificationAudience;
  relationship(recipientId: bigint, actorId: bigint): Relationship;
  isDeleted(targetId: bigint): boolean;
};

/** An activity that changes. `before` is null if it is new. `isPublished` if an event is published for it. */
export type ReconciledActivity = { before: Activity | null; after: Activity; isPublished: boolean };

/** Applies changes, and checks again whether other activities are shown. @returns only activities that change */
export function reconcile(
  changes: readonly ActivityChange[],
  rechecked: readonly ActivityKey[],
  known: KnownState,
): ReconciledActivity[] {
  const changedKeys = new Set(changes.map(activityKeyText));
  const changed = changes.map((change) => {
    const before = known.activities.get(activityKeyText(change)) ?? null;
    const group = change.present ? known.groups.get(groupKeyText(groupKeyOf(change))) : undefined;
    const audience = known.audience(change.recipientId, change.kind);
    return { before, activity: applyChange(before, change, group?.id ?? 0n, audience) };
  });
  const others = rechecked
    .filter((key) => !changedKeys.has(activityKeyText(key)))
    .map((key) => known.activities.get(activityKeyText(key)))
    .filter((activity) => activity !== undefined)
    .map((activity) => ({ before: activity, activity }));
  return [...changed, ...others]
    .map(({ before, activity }) => {
      const shown = isShown(activity, circumstances(before, activity, known));
      const after = { ...activity, shown, published: activity.published || shown };
      return { before, after, isPublished: shown && !activity.published };
    })
    .filter(({ before, after }) => !before || !isSame(before, after));
}

function circumstances(before: Activity | null, activity: Activity, known: KnownState) {
  const { recipientId, actorId, postId, commentId, notificationId } = activity;
  const stays = before?.shown === true && before.notificationId === notificationId;
  return {
    relationship: known.relationship(recipientId, actorId),
    isDeleted: [postId, commentId].some((id) => id !== null && known.isDeleted(id)),
    wasRead: stays && known.groupById(recipientId, notificationId)?.isRead === true,
  };
}

function isSame(one: Activity, other: Activity): boolean {
  return (Object.keys(one) as (keyof Activity)[]).every((field) => one[field] === other[field]);
}

/**
 * A notification that gets a new change id: because a new activity is published, or because it enters the list without
 * an event.
 */
export type ListedGroup = { group: Group; isPublished: boolean; latest: Activity; isRead: boolean };

/** The notifications that get a new change id, in the order in which they get it. */
export function listedGroups(reconciled: readonly ReconciledActivity[], known: KnownState): ListedGroup[] {
  const listed = new Map<Group, ListedGroup>();
  for (const { before, after, isPublished } of reconciled) {
    if (!after.shown) continue;
    const group = known.groupById(after.recipientId, after.notificationId);
    if (!group || (!isPublished && group.changeId !== 0n)) continue;
    const other = listed.get(group);
    const wasRead = before ? known.groupById(before.recipientId, before.notificationId)?.isRead === true : false;
    const isLatest = !other || (isPublished && !other.isPublished) || other.latest.atMs <= after.atMs;
    listed.set(group, {
      group,
      isPublished: isPublished || other?.isPublished === true,
      latest: isLatest ? after : other.latest,
      isRead: wasRead && (other?.isRead ?? true),
    });
  }
  return [...listed.values()].toSorted((one, other) => Number(one.latest.atMs - other.latest.atMs));
}
