import { timestampOf } from '@tintype/ids';
import type { NotificationKind } from '@tintype/schema/events/notification';
import { type Relation, silences } from '#relation/relation.rules.ts';
import type { Audience, Cause, CauseWord } from './cause.model.ts';

/** What is done to one target within this long is told together, and each person's part of it once. */
export const WINDOW_MS = 24 * 3600 * 1000;

/**
 * Windows of a target are counted from when it was made, and not from the first thing that is done to it: so events make the same
 * groups in whatever order they come, and the first day of a post, when most of it happens, is in one.
 */
export function windowOf(targetId: bigint, atMs: bigint): number {
  return Math.max(0, Math.floor((Number(atMs) - timestampOf(targetId)) / WINDOW_MS));
}

/** What is known of a thing after a word of it. @param before null where nothing was */
export function merge(before: Cause | null, word: CauseWord, notificationId: bigint, audience: Audience): Cause {
  if (before && word.version < before.version) return before;
  if (!word.present && before) return { ...before, version: word.version, present: false };
  const { targetId: _, ...rest } = word;
  if (!before) return { ...rest, notificationId, audience, shown: false, told: false };
  const isKnown = before.present && before.version === word.version && before.kind === word.kind;
  // The same thing in another notification, such as a comment that mentions someone since it was edited, is not told again.
  const isSame = before.notificationId === notificationId || before.atMs === word.atMs;
  return {
    ...rest,
    notificationId,
    audience: isKnown ? before.audience : audience,
    shown: before.shown,
    told: before.told && isSame,
  };
}

/** What a person does once to each target, and so at most once in each notification: the key of the cause names the two. */
export const ONCE_EACH: ReadonlySet<NotificationKind> = new Set([
  'LIKE_POST',
  'LIKE_COMMENT',
  'FOLLOW',
  'FOLLOW_REQUEST',
  'FOLLOW_ACCEPTED',
]);

export type Circumstances = {
  /** How the recipient stands to who did it. */
  relation: Relation;
  /** Whether what it is about was deleted. */
  isGone: boolean;
  /** Whether it is in its notification already, and the recipient has read that. */
  wasRead: boolean;
};

/** Whether the recipient is shown it. What was read stays, unless it was taken back or deleted, or one blocks the other. */
export function isShown(cause: Cause, { relation, isGone, wasRead }: Circumstances): boolean {
  if (!cause.present || isGone) return false;
  if (silences(relation, 'BLOCKS', cause.atMs) || silences(relation, 'BLOCKED_BY', cause.atMs)) return false;
  return wasRead || (!silences(relation, 'MUTES', cause.atMs) && isHeard(cause, relation));
}

/**
 * What is heard also by those who want to hear of people whom they follow only: whoever accepts a request is followed from that moment on, and
 * of a failed post its author is told, about themself.
 */
const ALWAYS_FOLLOWED: ReadonlySet<NotificationKind> = new Set(['FOLLOW_ACCEPTED', 'POST_FAILED']);

function isHeard({ audience, kind, atMs }: Cause, relation: Relation): boolean {
  if (audience === 'OFF') return false;
  return audience === 'EVERYONE' || ALWAYS_FOLLOWED.has(kind) || relation.followedAt(atMs);
}
