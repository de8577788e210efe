import { randomUUID } from 'node:crypto';
import type { SubgraphClient } from '@tintype/graphql';
import { createVisiblePostLoader, relationLoaderOf } from '@tintype/graphql/internal';
import { postLink } from '@tintype/ids';
import { type Language, textsIn } from '@tintype/language';
import { createUsernameLoader } from '#notification/entity.loader.ts';
import type { NotificationModel } from '#notification/notification.model.ts';
import { notificationText } from '#notification/text.rules.ts';
import { findDeliverable } from '#notification/visible-notifications.ts';

/** A notification as it is shown outside the app. */
export type RenderedNotification = { id: bigint; line: string; url: string };

/**
 * Renders those of these notifications that may leave the app, in the given order and language. Names only people whom
 * the recipient may see and does not restrict, and sends nothing about posts that the recipient may no longer see.
 *
 * @throws SubgraphError
 */
export type NotificationRenderer = (
  recipientId: bigint,
  notifications: readonly NotificationModel[],
  language: Language,
) => Promise<RenderedNotification[]>;

/** @param deps.publicUrl the gateway's address */
export function createNotificationRenderer(deps: { client: SubgraphClient; publicUrl: string }): NotificationRenderer {
  const { client, publicUrl } = deps;
  return async (recipientId, notifications, language) => {
    const texts = textsIn(language);
    const viewer = { userId: recipientId, sessionId: '0' };
    const identity = { kind: 'person', viewer, requestId: randomUUID(), operation: 'query' } as const;
    const usernames = createUsernameLoader(client, identity);
    const relations = relationLoaderOf({ client, identity });
    // The recipient's own post may have failed.
    const posts = createVisiblePostLoader(client, identity, { unpublished: true });
    const deliverable = await findDeliverable(notifications, relations);
    const isPostVisible = await Promise.all(
      deliverable.map(async ({ postId }) => postId === null || (await posts.load(postId)) !== null),
    );
    return Promise.all(
      deliverable
        .filter((_, index) => isPostVisible[index])
        .map(async ({ id, kind, postId, commentId, actorIds, actorCount }) => {
          const names = await Promise.all(
            actorIds.map(async (actorId) =>
              (await relations.load(actorId))?.restricts ? null : usernames.load(actorId),
            ),
          );
          const known = names.filter((name) => name !== null);
          return {
            id,
            line: notificationText(texts, kind, known, actorCount, commentId !== null),
            url: postId === null ? publicUrl : postLink(publicUrl, postId),
          };
        }),
    );
  };
}
