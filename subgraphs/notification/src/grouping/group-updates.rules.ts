import type { Activity } from '#activity/activity.model.ts';
import type { ActorKey } from './actor.repository.ts';
import type { Group, GroupId } from './group.model.ts';
import type { GroupUpdate } from './group.repository.ts';
import { groupIdText } from './group.rules.ts';
import { addToLatestActors, isNewer, type LatestActors } from './latest-actors.rules.ts';

/** The notifications that these people are in, each once. */
export function groupsOf(keys: readonly ActorKey[]): GroupId[] {
  const ids = keys.map(({ recipientId, notificationId }) => ({ recipientId, id: notificationId }));
  return [...new Map(ids.map((id) => [groupIdText(id), id])).values()];
}

/**
 * The people whose part in a notification may change. `joined` has people who only did something more, each with their
 * newest activity. `others` has people with an activity that was shown before, in the notification that had it.
 */
export function actorsOf(changed: readonly { before: Activity | null; after: Activity }[]): {
  joined: Activity[];
  others: ActorKey[];
} {
  const others = new Map<string, ActorKey>();
  for (const { before } of changed) if (before?.shown) others.set(actorText(before), before);
  const joined = new Map<string, Activity>();
  for (const { after } of changed) {
    const text = actorText(after);
    if (!after.shown || others.has(text)) continue;
    const other = joined.get(text);
    if (!other || isNewer(after, other)) joined.set(text, after);
  }
  return { joined: [...joined.values()], others: [...others.values()] };
}

export type ActorChanges = {
  joined: readonly Activity[];
  /** Those of `joined` who were in their notification before. */
  joinedBefore: readonly ActorKey[];
  others: readonly ActorKey[];
  /** Those of `others` who are still in their notification. */
  remaining: readonly ActorKey[];
  /** The latest actors of the notifications of `others`. A notification without any actor is missing. */
  latest: readonly (LatestActors & GroupId)[];
};

/** A notification that enters the recipient's list or moves to its top. */
export type GroupChange = { group: Group; changeId: bigint; isPublished: boolean; isRead: boolean };

const NOBODY: LatestActors = { actorIds: [], actorTimes: [], commentId: null };

/** The updates of all notifications whose actors change or that get a new change id. */
export function groupUpdatesOf(
  actors: ActorChanges,
  changes: readonly GroupChange[],
  groupById: (recipientId: bigint, id: bigint) => Group | undefined,
): GroupUpdate[] {
  const { joined, others } = actors;
  const updates = new Map<Group, GroupUpdate>();
  const update = (group: Group, change: (before: GroupUpdate) => Partial<GroupUpdate>) => {
    const { recipientId, id, actorIds, actorTimes, commentId } = group;
    const none: GroupUpdate = {
      recipientId,
      id,
      actorIds,
      actorTimes,
      commentId,
      addedActors: 0,
      changeId: 0n,
      read: 'KEEP',
    };
    const before = updates.get(group) ?? none;
    updates.set(group, { ...before, ...change(before) });
  };
  const groupOf = (key: ActorKey) => groupById(key.recipientId, key.notificationId)!;

  const joinedBefore = new Set(actors.joinedBefore.map(actorText));
  for (const [group, activities] of Map.groupBy(joined, groupOf)) {
    const addedActors = activities.filter((activity) => !joinedBefore.has(actorText(activity))).length;
    update(group, () => ({ addedActors, ...addToLatestActors(group, activities) }));
  }
  const remaining = new Set(actors.remaining.map(actorText));
  const latest = new Map(actors.latest.map((one) => [groupIdText(one), one]));
  for (const [group, keys] of Map.groupBy(others, groupOf)) {
    const left = keys.filter((key) => !remaining.has(actorText(key))).length;
    const { actorIds, actorTimes, commentId } = latest.get(groupIdText(group)) ?? NOBODY;
    update(group, ({ addedActors }) => ({ addedActors: addedActors - left, actorIds, actorTimes, commentId }));
  }
  for (const { group, changeId, isPublished, isRead } of changes) {
    update(group, () => ({ changeId, read: isPublished ? 'UNREAD' : isRead ? 'READ' : 'KEEP' }));
  }
  return [...updates.values()];
}

function actorText({ recipientId, notificationId, actorId }: ActorKey): string {
  return `${recipientId} ${notificationId} ${actorId}`;
}
