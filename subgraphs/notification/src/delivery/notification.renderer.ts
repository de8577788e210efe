import { randomUUID } from 'node:crypto';
import type { SubgraphClient } from '@tintype/graphql';
import { postLink } from '@tintype/ids';
import { createUsernameLoader } from '#notification/entity.loader.ts';
import type { NotificationModel } from '#notification/notification.model.ts';
import { notificationText } from '#notification/text.rules.ts';

/** A notification as it is shown outside the app. */
export type RenderedNotification = { id: bigint; line: string; url: string };

/**
 * Renders notifications for their recipient, in the given order. Names only people whom the recipient may see.
 *
 * @throws SubgraphError
 */
export type NotificationRenderer = (
  recipientId: bigint,
  notifications: readonly NotificationModel[],
) => Promise<RenderedNotification[]>;

/** @param deps.publicUrl the gateway's address */
export function createNotificationRenderer(deps: { client: SubgraphClient; publicUrl: string }): NotificationRenderer {
  const { client, publicUrl } = deps;
  return async (recipientId, notifications) => {
    const viewer = { userId: recipientId, sessionId: '0' };
    const identity = { kind: 'person', viewer, requestId: randomUUID(), operation: 'query' } as const;
    const usernames = createUsernameLoader(client, identity);
    return Promise.all(
      notifications.map(async ({ id, kind, postId, commentId, actorIds, actorCount }) => {
        const names = await Promise.all(actorIds.map((actorId) => usernames.load(actorId)));
        const known = names.filter((name) => name !== null);
        return {
          id,
          line: notificationText(kind, known, actorCount, commentId !== null),
          url: postId === null ? publicUrl : postLink(publicUrl, postId),
        };
      }),
    );
  };
}
