import type { Cause } from '#cause/cause.model.ts';
import type { ActorKey } from '#group/actor.repository.ts';
import type { Group } from '#group/group.model.ts';
import type { GroupMove } from '#group/group.repository.ts';
import { addToNewest, isNewer, type Newest } from '#group/newest.rules.ts';
import type { Telling } from './notification.publisher.ts';
import type { Known, Settled } from './settle.rules.ts';

type GroupId = { recipientId: bigint; id: bigint };

export function groupText({ recipientId, id }: GroupId): string {
  return `${recipientId} ${id}`;
}

/** The notifications that these people are in, each once. */
export function groupsOf(keys: readonly ActorKey[]): GroupId[] {
  const ids = keys.map(({ recipientId, notificationId }) => ({ recipientId, id: notificationId }));
  return [...new Map(ids.map((id) => [groupText(id), id])).values()];
}

/**
 * Everyone in a notification whose part in it may change: who only did something more, by the newest of it, and all others, in the
 * notification that a cause leaves and in the one that it comes to.
 */
export function actorsOf(settled: readonly Settled[]): { joined: Cause[]; others: ActorKey[] } {
  const others = new Map<string, ActorKey>();
  for (const { before } of settled) if (before?.shown) others.set(actorText(before), before);
  const joined = new Map<string, Cause>();
  for (const { after } of settled) {
    const text = actorText(after);
    if (!after.shown || others.has(text)) continue;
    const other = joined.get(text);
    if (!other || isNewer(after, other)) joined.set(text, after);
  }
  return { joined: [...joined.values()], others: [...others.values()] };
}

export type ActorChanges = {
  joined: readonly Cause[];
  /** Those of them who were in their notification before. */
  wereIn: readonly ActorKey[];
  others: readonly ActorKey[];
  /** Those of them who still are. */
  areIn: readonly ActorKey[];
  /** Who is newest now, for the notifications of the others; none where nobody is left. */
  looked: readonly (Newest & GroupId)[];
};

const NOBODY: Newest = { actorIds: [], actorTimes: [], commentId: null };

/** What becomes of each notification whose people change, or that takes a new place. */
export function movesOf(changes: ActorChanges, placed: readonly Telling[], known: Known): GroupMove[] {
  const { joined, others } = changes;
  const moves = new Map<Group, GroupMove>();
  const change = (group: Group, update: (before: GroupMove) => Partial<GroupMove>) => {
    const { recipientId, id, actorIds, actorTimes, commentId } = group;
    const none: GroupMove = { recipientId, id, actorIds, actorTimes, commentId, by: 0, changeId: 0n, read: 'KEEP' };
    const before = moves.get(group) ?? none;
    moves.set(group, { ...before, ...update(before) });
  };
  const groupOf = (key: ActorKey) => known.groupById(key.recipientId, key.notificationId)!;

  const wereIn = new Set(changes.wereIn.map(actorText));
  for (const [group, causes] of Map.groupBy(joined, groupOf)) {
    const by = causes.filter((cause) => !wereIn.has(actorText(cause))).length;
    change(group, () => ({ by, ...addToNewest(group, causes) }));
  }
  const areIn = new Set(changes.areIn.map(actorText));
  const looked = new Map(changes.looked.map((one) => [groupText(one), one]));
  for (const [group, keys] of Map.groupBy(others, groupOf)) {
    const left = keys.filter((key) => !areIn.has(actorText(key))).length;
    const { actorIds, actorTimes, commentId } = looked.get(groupText(group)) ?? NOBODY;
    change(group, ({ by }) => ({ by: by - left, actorIds, actorTimes, commentId }));
  }
  for (const { group, changeId, isTold, isRead } of placed) {
    change(group, () => ({ changeId, read: isTold ? 'UNREAD' : isRead ? 'READ' : 'KEEP' }));
  }
  return [...moves.values()];
}

function actorText({ recipientId, notificationId, actorId }: ActorKey): string {
  return `${recipientId} ${notificationId} ${actorId}`;
}
