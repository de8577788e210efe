import type { SubgraphManifest } from '@tintype/schema/subgraphs';

export default {
  models: {
    Notification: 'notification/notification.model.ts#NotificationModel',
    User: 'notification/entity.model.ts#UserModel',
    Post: 'notification/entity.model.ts#PostModel',
    Comment: 'notification/entity.model.ts#CommentModel',
    PushSubscription: 'delivery/push/push-subscription.repository.ts#StoredPushSubscription',
    NotificationDelivery: 'preferences/delivery-setting.model.ts#DeliverySetting',
  },
  workers: {
    'notification-worker': [],
  },
} satisfies SubgraphManifest;
