import { requireViewer } from '@tintype/graphql';
import { parseGlobalId, parseId } from '@tintype/ids';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { UnreadStore } from '#live/unread.store.ts';
import type { Context } from '../context.ts';
import { inputError } from '../errors.ts';
import type { NotificationService } from './notification.service.ts';
import type { ReadService } from './read.service.ts';

type Queries = CompleteResolvers['Query'];
type Mutations = CompleteResolvers['Mutation'];
type NotificationResolvers = {
  Query: Omit<
    Queries,
    'notificationPreferences' | 'notificationDelivery' | 'notificationRecords' | 'pushPublicKey' | 'pushSubscriptions'
  >;
  Mutation: Pick<Mutations, 'markNotificationAsRead' | 'markAllNotificationsAsRead'>;
};

export function createNotificationResolvers(deps: {
  notifications: NotificationService;
  reads: ReadService;
  unread: UnreadStore;
}): NotificationResolvers {
  const { notifications, reads, unread } = deps;
  const unreadCount = (recipientId: bigint, counted: number, { loaders }: Context): Promise<number> =>
    notifications.countUnread(recipientId, counted, loaders.relations);
  return {
    Query: {
      notifications: (_, { kinds, ...args }, context) =>
        notifications.page(requireViewer(context).userId, kinds ?? [], args, context.loaders.relations),
      async notification(_, { id }, context) {
        requireViewer(context);
        const notificationId = parseGlobalId('Notification', id);
        return notificationId === null ? null : context.loaders.notifications.load(notificationId);
      },
      async unreadNotificationCount(_, _args, context) {
        const { userId } = requireViewer(context);
        return unreadCount(userId, await unread.find(userId), context);
      },
      async visibleNotifications(_, { notificationIds }, { loaders }) {
        const found = await Promise.all(notificationIds.map((id) => loaders.notifications.load(id)));
        return found.filter((one) => one !== null);
      },
      notificationsSince: (_, { changeId, first }, context) =>
        notifications.since(requireViewer(context).userId, changeId, first),
      newestNotificationChange: (_, _args, context) => notifications.newestChange(requireViewer(context).userId),
    },
    Mutation: {
      async markNotificationAsRead(_, { input }, context) {
        const { userId } = requireViewer(context);
        const id = parseGlobalId('Notification', input.notificationId);
        const counted = id === null ? await unread.find(userId) : await reads.markRead(userId, id);
        const unreadNotificationCount = await unreadCount(userId, counted, context);
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
            unreadNotificationCount: await unreadCount(userId, await unread.find(userId), context),
            errors: [inputError('CHANGE_ID_INVALID', 'upTo')],
          };
        }
        const counted = await reads.markAllRead(userId, upTo);
        return { unreadNotificationCount: await unreadCount(userId, counted, context), errors: [] };
      },
    },
  };
}
