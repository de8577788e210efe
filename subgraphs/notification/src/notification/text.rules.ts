import type { NotificationKind } from '@tintype/schema/events/notification';

const DEEDS: Record<Exclude<NotificationKind, 'POST_FAILED'>, string> = {
  LIKE_POST: 'liked your photo',
  LIKE_COMMENT: 'liked your comment',
  COMMENT: 'commented on your photo',
  REPLY: 'replied to your comment',
  MENTION: 'mentioned you in a comment',
  FOLLOW: 'started following you',
  FOLLOW_REQUEST: 'asked to follow you',
  FOLLOW_ACCEPTED: 'accepted your request to follow',
  SHARE: 'shared your photo',
};

/** Of a mention that no comment makes, but the caption. */
const MENTIONED_IN_CAPTION = 'mentioned you in a photo';

const POST_FAILED = 'your photo could not be published';

/** How many people `textOf` names where there are more than three. */
const NAMED = 2;

/**
 * Who did what, in a sentence: "anna, bob and 3 others liked your photo".
 *
 * @param names usernames of the newest people; those whom the reader may not know of are left out, and are among the others
 * @param count how many people they all are
 * @param isInComment whether it is about a comment
 */
export function textOf(kind: NotificationKind, names: readonly string[], count: number, isInComment = true): string {
  if (kind === 'POST_FAILED') return POST_FAILED;
  const deed = kind === 'MENTION' && !isInComment ? MENTIONED_IN_CAPTION : DEEDS[kind];
  return `${listOf(names, count)} ${deed}`;
}

function listOf(names: readonly string[], count: number): string {
  if (names.length === 0) return count === 1 ? 'someone' : `${count} people`;
  const shown = names.length === count ? names : names.slice(0, NAMED);
  const others = count - shown.length;
  const last = others === 0 ? shown.at(-1)! : others === 1 ? '1 other' : `${others} others`;
  const first = others === 0 ? shown.slice(0, -1) : shown;
  return first.length === 0 ? last : `${first.join(', ')} and ${last}`;
}
