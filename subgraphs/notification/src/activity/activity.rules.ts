import type { NotificationKind } from '@tintype/schema/events/notification';
import { isSuppressed, type Relationship } from '#projection/relationship.rules.ts';
import { type Activity, type ActivityChange, activityKeyText, type NotificationAudience } from './activity.model.ts';

/** The latest change of each activity. */
export function latestChanges(changes: readonly ActivityChange[]): ActivityChange[] {
  const latest = new Map<string, ActivityChange>();
  for (const change of changes) {
    const known = latest.get(activityKeyText(change));
    if (!known || known.version <= change.version) latest.set(activityKeyText(change), change);
  }
  return [...latest.values()];
}

/** The activity after a change. @param before null if it was not known */
export function applyChange(
  before: Activity | null,
  change: ActivityChange,
  notificationId: bigint,
  audience: NotificationAudience,
): Activity {
  if (before && change.version < before.version) return before;
  if (!change.present && before) return { ...before, version: change.version, present: false };
  const { targetId: _, ...rest } = change;
  if (!before) return { ...rest, notificationId, audience, shown: false, published: false };
  const isKnown = before.present && before.version === change.version && before.kind === change.kind;
  // An activity that moves to another notification, such as a comment that mentions somebody after an edit, is not
  // published again.
  const isSame = before.notificationId === notificationId || before.atMs === change.atMs;
  return {
    ...rest,
    notificationId,
    audience: isKnown ? before.audience : audience,
    shown: before.shown,
    published: before.published && isSame,
  };
}

export type Circumstances = {
  /** From the recipient to the actor. */
  relationship: Relationship;
  /** Whether the post or comment that the activity is about was deleted. */
  isDeleted: boolean;
  /** Whether its notification already includes it and the recipient has read that notification. */
  wasRead: boolean;
};

/**
 * Whether the notification includes the activity. What the recipient has read stays, unless it was undone or deleted,
 * or one of the two people blocks the other.
 */
export function isShown(activity: Activity, { relationship, isDeleted, wasRead }: Circumstances): boolean {
  const { present, atMs } = activity;
  if (!present || isDeleted) return false;
  if (isSuppressed(relationship, 'BLOCKS', atMs) || isSuppressed(relationship, 'BLOCKED_BY', atMs)) return false;
  return wasRead || (!isSuppressed(relationship, 'MUTES', atMs) && isWanted(activity, relationship));
}

/**
 * Kinds that also reach recipients who chose PEOPLE_I_FOLLOW: from the moment a request is accepted, the recipient
 * follows the person who accepted it, and kinds without actors are stored as activities of the recipient.
 */
const ALWAYS_FOLLOWED: ReadonlySet<NotificationKind> = new Set(['FOLLOW_ACCEPTED', 'POST_FAILED', 'MODERATION']);

function isWanted({ audience, kind, atMs }: Activity, relationship: Relationship): boolean {
  if (audience === 'OFF') return false;
  return audience === 'EVERYONE' || ALWAYS_FOLLOWED.has(kind) || relationship.followedAt(atMs);
}
