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
 * @param notifications newest first
 * @returns messages with the ids of their notifications
 */
export function pushMessages(
  notifications: readonly RenderedNotification[],
  appUrl: string,
): { ids: bigint[]; message: Message }[] {
  if (notifications.length > MAX_SEPARATE)
    return [{ ids: notifications.map(({ id }) => id), message: together(notifications, MAX_LINES.push, appUrl) }];
  return notifications.map((one) => ({ ids: [one.id], message: separate(one) }));
}

export function mailMessage(notifications: readonly RenderedNotification[], appUrl: string): Message {
  return notifications.length === 1 ? separate(notifications[0]!) : together(notifications, MAX_LINES.mail, appUrl);
}

function separate({ id, line, url }: RenderedNotification): Message {
  return { tag: `n${id}`, lines: [line], more: 0, url };
}

function together(notifications: readonly RenderedNotification[], maxLines: number, url: string): Message {
  const lines = notifications.slice(0, maxLines).map(({ line }) => line);
  return { tag: 'several', lines, more: notifications.length - lines.length, url };
}
