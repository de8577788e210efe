import { requireGlobalId, requireViewer } from '@tintype/graphql';
import { globalId, parseGlobalId, parseId, timestampOf } from '@tintype/ids';
import { can } from '@tintype/policy';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { UnreadStore } from '#live/unread.store.ts';
import type { Context } from '../context.ts';
import { inputError } from '../errors.ts';
import type { NotificationService } from './notification.service.ts';
import type { ReadService } from './read.service.ts';
import { notificationText } from './text.rules.ts';

type Queries = CompleteResolvers['Query'];
type Mutations = CompleteResolvers['Mutation'];
type NotificationResolvers = {
  Query: Omit<Queries, 'notificationPreferences' | 'notificationDelivery' | 'pushPublicKey' | 'pushSubscriptions'>;
  Mutation: Pick<Mutations, 'markNotificationAsRead' | 'markAllNotificationsAsRead'>;
  Notification: CompleteResolvers['Notification'];
};

/** Which of these people the viewer may see and does not block, with their current usernames. */
async function visibleActors(ids: readonly bigint[], { loaders }: Context): Promise<{ id: bigint; name: string }[]> {
  const [relations, names] = await Promise.all([
    Promise.all(ids.map((id) => loaders.relations.load(id))),
    Promise.all(ids.map((id) => loaders.usernames.load(id))),
  ]);
  return ids.flatMap((id, index) => {
    const [relationship, name] = [relations[index], names[index]];
    return relationship && name && can('profile.view', relationship) && !relationship.blocks ? [{ id, name }] : [];
  });
}

export function createNotificationResolvers(deps: {
  notifications: NotificationService;
  reads: ReadService;
  unread: UnreadStore;
}): NotificationResolvers {
  const { notifications, reads, unread } = deps;
  return {
    Query: {
      notifications: (_, { kinds, ...args }, context) =>
        notifications.page(requireViewer(context).userId, kinds ?? [], args),
      async notification(_, { id }, context) {
        requireViewer(context);
        const notificationId = parseGlobalId('Notification', id);
        return notificationId === null ? null : context.loaders.notifications.load(notificationId);
      },
      unreadNotificationCount: (_, _args, context) => unread.find(requireViewer(context).userId),
      notificationsSince: (_, { changeId, first }, context) =>
        notifications.since(requireViewer(context).userId, changeId, first),
      newestNotificationChange: (_, _args, context) => notifications.newestChange(requireViewer(context).userId),
    },
    Mutation: {
      async markNotificationAsRead(_, { input }, context) {
        const { userId } = requireViewer(context);
        const id = parseGlobalId('Notification', input.notificationId);
        const unreadNotificationCount = id === null ? await unread.find(userId) : await reads.markRead(userId, id);
        const notification = id === null ? null : await context.loaders.notifications.load(id);
        const errors = notification ? [] : [inputError('NOTIFICATION_NOT_FOUND', 'notificationId')];
        return { notification, unreadNotificationCount, errors };
      },
      async markAllNotificationsAsRead(_, { input }, context) {
        const { userId } = requireViewer(context);
        const given = input?.upTo ?? null;
        const upTo = given === null ? null : parseId(given);
        if (given !== null && upTo === null) {
          return {
            unreadNotificationCount: await unread.find(userId),
            errors: [inputError('CHANGE_ID_INVALID', 'upTo')],
          };
        }
        return { unreadNotificationCount: await reads.markAllRead(userId, upTo), errors: [] };
      },
    },
    Notification: {
      __resolveReference: (reference, { loaders }) =>
        loaders.notifications.load(requireGlobalId('Notification', (reference as { id: string }).id)),
      id: ({ id }) => globalId('Notification', id),
      async text({ kind, commentId, actorIds, actorCount }, _, context) {
        const names = (await visibleActors(actorIds, context)).map(({ name }) => name);
        return notificationText(kind, names, actorCount, commentId !== null);
      },
      actorCount: ({ kind, actorCount }) => (kind === 'POST_FAILED' ? 0 : actorCount),
      async actors({ kind, actorIds }, _, context) {
        if (kind === 'POST_FAILED') return [];
        return (await visibleActors(actorIds, context)).map(({ id }) => ({ id }));
      },
      post({ kind, postId }, _, { loaders }) {
        if (postId === null) return null;
        // Only the author can see it. The post subgraph decides whether it still exists.
        return kind === 'POST_FAILED' ? { id: postId } : loaders.visiblePosts.load(postId);
      },
      comment: ({ commentId }, _, { loaders }) => (commentId === null ? null : loaders.visibleComments.load(commentId)),
      isRead: ({ readAt }) => readAt !== null,
      createdAt: ({ id }) => new Date(timestampOf(id)),
      updatedAt: ({ changeId }) => new Date(timestampOf(changeId)),
      changeId: ({ changeId }) => String(changeId),
    },
  };
}
