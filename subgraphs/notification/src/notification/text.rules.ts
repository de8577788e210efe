import type { NotificationKind } from '@tintype/schema/events/notification';

const INTERACTIONS: Record<Exclude<NotificationKind, 'POST_FAILED'>, string> = {
  POST_LIKE: 'liked your photo',
  COMMENT_LIKE: 'liked your comment',
  COMMENT: 'commented on your photo',
  REPLY: 'replied to your comment',
  MENTION: 'mentioned you in a comment',
  FOLLOW: 'started following you',
  FOLLOW_REQUEST: 'asked to follow you',
  FOLLOW_ACCEPTED: 'accepted your request to follow',
  SHARE: 'shared your photo',
};

/** For a mention in a caption. */
const MENTIONED_IN_CAPTION = 'mentioned you in a photo';

const POST_FAILED = 'Your photo could not be published.';

/** How many people `notificationText` names if there are more than three. */
const MAX_NAMED = 2;

/**
 * A sentence that says who did what: "anna, bob and 3 others liked your photo."
 *
 * @param names usernames of the latest actors whom the recipient may see; the others are only counted
 * @param count how many actors there are
 * @param isInComment whether the notification is about a comment
 */
export function notificationText(
  kind: NotificationKind,
  names: readonly string[],
  count: number,
  isInComment = true,
): string {
  if (kind === 'POST_FAILED') return POST_FAILED;
  const interaction = kind === 'MENTION' && !isInComment ? MENTIONED_IN_CAPTION : INTERACTIONS[kind];
  return `${listOf(names, count)} ${interaction}.`;
}

function listOf(names: readonly string[], count: number): string {
  if (names.length === 0) return count === 1 ? 'Someone' : `${count} people`;
  const shown = names.length === count ? names : names.slice(0, MAX_NAMED);
  const others = count - shown.length;
  const last = others === 0 ? shown.at(-1)! : others === 1 ? '1 other' : `${others} others`;
  const first = others === 0 ? shown.slice(0, -1) : shown;
  return first.length === 0 ? last : `${first.join(', ')} and ${last}`;
}
