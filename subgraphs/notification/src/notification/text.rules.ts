import type { Texts } from '@tintype/language';
import type { NotificationKind } from '@tintype/schema/events/notification';

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
  texts: Texts,
  kind: NotificationKind,
  names: readonly string[],
  count: number,
  isInComment = true,
): string {
  if (kind === 'POST_FAILED' || kind === 'MODERATION') return texts.text(`notification.${kind}`);
  const message = kind === 'MENTION' && !isInComment ? 'MENTION_IN_CAPTION' : kind;
  return texts.text(`notification.${message}`, { people: peopleOf(texts, names, count), count });
}

function peopleOf({ text, list }: Texts, names: readonly string[], count: number): string {
  if (names.length === 0) return text('notification.unnamed', { count });
  const shown = names.length === count ? names : names.slice(0, MAX_NAMED);
  const others = count - shown.length;
  return list(others === 0 ? shown : [...shown, text('notification.others', { count: others })]);
}
