import { timestampOf } from '@tintype/ids';
import type { NotificationKind } from '@tintype/schema/events/notification';
import type { ActivityChange } from '#activity/activity.model.ts';
import type { GroupId, GroupKey } from './group.model.ts';

/** Activities of one kind and target within this time are one notification. */
export const WINDOW_MS = 24 * 3600 * 1000;

/**
 * The window of an activity. Windows are counted from the creation of the target, not from the first activity. Events
 * therefore make the same groups in any order, and the first day of a post, which has most of the activity, is one
 * group.
 */
export function windowOf(targetId: bigint, atMs: bigint): number {
  return Math.max(0, Math.floor((Number(atMs) - timestampOf(targetId)) / WINDOW_MS));
}

/**
 * Kinds of which a notification has at most one activity of each person, because the activity's key names the target
 * and the person.
 */
export const ONCE_PER_ACTOR: ReadonlySet<NotificationKind> = new Set([
  'POST_LIKE',
  'COMMENT_LIKE',
  'FOLLOW',
  'FOLLOW_REQUEST',
  'FOLLOW_ACCEPTED',
]);

export function groupKeyOf(change: ActivityChange): GroupKey {
  const { recipientId, kind, targetId, postId } = change;
  return { recipientId, kind, targetId, postId, windowNo: windowOf(targetId, change.atMs) };
}

export function groupKeyText({ recipientId, kind, targetId, windowNo }: Omit<GroupKey, 'postId'>): string {
  return `${recipientId} ${kind} ${targetId} ${windowNo}`;
}

export function groupIdText({ recipientId, id }: GroupId): string {
  return `${recipientId} ${id}`;
}
