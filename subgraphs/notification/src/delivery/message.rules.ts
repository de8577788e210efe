import { type Language, textsIn } from '@tintype/language';
import type { Message } from '#delivery/channel.ts';
import type { RenderedNotification } from './notification.renderer.ts';

/**
 * Up to this many notifications are sent one by one, and more as one message: after quiet hours, or if many like a
 * post.
 */
const MAX_SEPARATE = 3;
/** Lines of a message about several notifications. */
const MAX_LINES = { push: 4, mail: 20 } as const;

/**
 * One message for each notification, or one for all.
 *
 * @param notifications newest first, in this language
 * @returns messages with the ids of their notifications
 */
export function pushMessages(
  notifications: readonly RenderedNotification[],
  appUrl: string,
  language: Language,
): { ids: bigint[]; message: Message }[] {
  if (notifications.length > MAX_SEPARATE)
    return [
      { ids: notifications.map(({ id }) => id), message: together(notifications, MAX_LINES.push, appUrl, language) },
    ];
  return notifications.map((one) => ({ ids: [one.id], message: separate(one, language) }));
}

export function mailMessage(
  notifications: readonly RenderedNotification[],
  appUrl: string,
  language: Language,
): Message {
  return notifications.length === 1
    ? separate(notifications[0]!, language)
    : together(notifications, MAX_LINES.mail, appUrl, language);
}

/** The lines of a message, and one that says how many notifications it leaves out. */
export function allLinesOf({ language, lines, more }: Message): string[] {
  return more > 0 ? [...lines, textsIn(language).text('notification.more', { count: more })] : [...lines];
}

function separate({ id, line, url }: RenderedNotification, language: Language): Message {
  return { tag: `n${id}`, language, lines: [line], more: 0, url };
}

function together(
  notifications: readonly RenderedNotification[],
  maxLines: number,
  url: string,
  language: Language,
): Message {
  const lines = notifications.slice(0, maxLines).map(({ line }) => line);
  return { tag: 'several', language, lines, more: notifications.length - lines.length, url };
}
