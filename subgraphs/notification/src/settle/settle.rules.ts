import type { NotificationKind } from '@tintype/schema/events/notification';
import type { Audience, Cause, CauseKey, CauseWord } from '#cause/cause.model.ts';
import { isShown, merge, windowOf } from '#cause/cause.rules.ts';
import type { Group, GroupKey } from '#group/group.model.ts';
import type { Relation } from '#relation/relation.rules.ts';

export function keyOf({ recipientId, key }: CauseKey): string {
  return `${recipientId} ${key}`;
}

export function groupKeyOf(word: CauseWord): GroupKey {
  const { recipientId, kind, targetId, postId } = word;
  return { recipientId, kind, targetId, postId, windowNo: windowOf(targetId, word.atMs) };
}

export function textOf({ recipientId, kind, targetId, windowNo }: Omit<GroupKey, 'postId'>): string {
  return `${recipientId} ${kind} ${targetId} ${windowNo}`;
}

/** The newest word of each key. */
export function newestWords(words: readonly CauseWord[]): CauseWord[] {
  const newest = new Map<string, CauseWord>();
  for (const word of words) {
    const known = newest.get(keyOf(word));
    if (!known || known.version <= word.version) newest.set(keyOf(word), word);
  }
  return [...newest.values()];
}

/** What must be known to settle words; all of it as it is while the recipients are locked. */
export type Known = {
  /** By `keyOf`. */
  causes: ReadonlyMap<string, Cause>;
  /** By `textOf`. */
  groups: ReadonlyMap<string, Group>;
  groupById(recipientId: bigint, id: bigint): Group | undefined;
  audience(recipientId: bigint, kind: NotificationKind): Audience;
  relation(recipientId: bigint, actorId: bigint): Relation;
  isGone(targetId: bigint): boolean;
};

/** Causes that become something else; `before` is null for new ones. */
export type Settled = { before: Cause | null; after: Cause; isTold: boolean };

/** What words, and looking again at some causes, come to. Causes that stay as they are are left out. */
export function settle(words: readonly CauseWord[], reviewed: readonly CauseKey[], known: Known): Settled[] {
  const said = new Set(words.map(keyOf));
  const merged = words.map((word) => {
    const before = known.causes.get(keyOf(word)) ?? null;
    const group = word.present ? known.groups.get(textOf(groupKeyOf(word))) : undefined;
    return { before, merged: merge(before, word, group?.id ?? 0n, known.audience(word.recipientId, word.kind)) };
  });
  const looked = reviewed
    .filter((key) => !said.has(keyOf(key)))
    .map((key) => known.causes.get(keyOf(key)))
    .filter((cause) => cause !== undefined)
    .map((cause) => ({ before: cause, merged: cause }));
  return [...merged, ...looked]
    .map(({ before, merged: cause }) => {
      const shown = isShown(cause, circumstances(before, cause, known));
      const after = { ...cause, shown, told: cause.told || shown };
      return { before, after, isTold: shown && !cause.told };
    })
    .filter(({ before, after }) => !before || !isSame(before, after));
}

function circumstances(before: Cause | null, cause: Cause, known: Known) {
  const { recipientId, actorId, postId, commentId, notificationId } = cause;
  const stays = before?.shown === true && before.notificationId === notificationId;
  return {
    relation: known.relation(recipientId, actorId),
    isGone: [postId, commentId].some((id) => id !== null && known.isGone(id)),
    wasRead: stays && known.groupById(recipientId, notificationId)?.isRead === true,
  };
}

function isSame(one: Cause, other: Cause): boolean {
  return (Object.keys(one) as (keyof Cause)[]).every((field) => one[field] === other[field]);
}

/** A notification that someone is told of, or that takes a place in the list without a word. */
export type Placed = { group: Group; isTold: boolean; newest: Cause; isRead: boolean };

/** Notifications that get a new change id, in the order in which they do. */
export function placesOf(settled: readonly Settled[], known: Known): Placed[] {
  const placed = new Map<Group, Placed>();
  for (const { before, after, isTold } of settled) {
    if (!after.shown) continue;
    const group = known.groupById(after.recipientId, after.notificationId);
    if (!group || (!isTold && group.changedId !== 0n)) continue;
    const other = placed.get(group);
    const wasRead = before ? known.groupById(before.recipientId, before.notificationId)?.isRead === true : false;
    const isNewest = !other || (isTold && !other.isTold) || other.newest.atMs <= after.atMs;
    placed.set(group, {
      group,
      isTold: isTold || other?.isTold === true,
      newest: isNewest ? after : other.newest,
      isRead: wasRead && (other?.isRead ?? true),
    });
  }
  return [...placed.values()].toSorted((one, other) => Number(one.newest.atMs - other.newest.atMs));
}
