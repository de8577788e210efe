import type { SubgraphManifest } from '@tintype/schema/subgraphs';

export default {
  models: {
    Notification: 'notification/notification.model.ts#NotificationModel',
    PostLikeNotification: 'notification/notification.model.ts#NotificationModel',
    CommentLikeNotification: 'notification/notification.model.ts#NotificationModel',
    CommentNotification: 'notification/notification.model.ts#NotificationModel',
    ReplyNotification: 'notification/notification.model.ts#NotificationModel',
    MentionNotification: 'notification/notification.model.ts#NotificationModel',
    FollowNotification: 'notification/notification.model.ts#NotificationModel',
    FollowRequestNotification: 'notification/notification.model.ts#NotificationModel',
    FollowAcceptedNotification: 'notification/notification.model.ts#NotificationModel',
    ShareNotification: 'notification/notification.model.ts#NotificationModel',
    PostFailedNotification: 'notification/notification.model.ts#NotificationModel',
    ModerationNotification: 'notification/notification.model.ts#NotificationModel',
    User: 'notification/entity.model.ts#UserModel',
    Post: 'notification/entity.model.ts#PostModel',
    Comment: 'notification/entity.model.ts#CommentModel',
    PushSubscription: 'delivery/push/push-subscription.repository.ts#StoredPushSubscription',
    NotificationDelivery: 'preferences/delivery-setting.model.ts#DeliverySetting',
  },
  workers: {
    'notification-worker': [],
  },
  config: true,
} satisfies SubgraphManifest;
