import type { SubgraphManifest } from '@tintype/schema/subgraphs';

export default {
  models: {
    Notification: 'notification/notification.model.ts#NotificationModel',
    User: 'actor/actor.model.ts#UserModel',
    Post: 'target/target.model.ts#PostModel',
    Comment: 'target/target.model.ts#CommentModel',
    PushSubscription: 'push/push-subscription.repository.ts#PushPlace',
    NotificationDelivery: 'delivery/delivery.model.ts#DeliverySetting',
  },
  workers: {
    'notification-worker': [],
  },
} satisfies SubgraphManifest;
