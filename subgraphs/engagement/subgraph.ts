import type { SubgraphManifest } from '@tintype/schema/subgraphs';

export default {
  models: {
    Post: 'entities/entities.model.ts#PostModel',
    User: 'entities/entities.model.ts#UserModel',
    Hashtag: 'entities/entities.model.ts#HashtagModel',
    Comment: 'comment/comment.model.ts#CommentModel',
    Share: 'share/share.model.ts#ShareModel',
    Collection: 'save/save.model.ts#CollectionModel',
    Activity: 'activity/activity.model.ts#ActivityModel',
    PostLikeActivity: 'activity/activity.model.ts#ActivityModel',
    CommentLikeActivity: 'activity/activity.model.ts#ActivityModel',
    CommentActivity: 'activity/activity.model.ts#ActivityModel',
    ShareActivity: 'activity/activity.model.ts#ActivityModel',
    SaveActivity: 'activity/activity.model.ts#ActivityModel',
  },
  workers: {
    'engagement-relay': ['engagement__relay'],
    'engagement-worker': [
      'engagement__apply',
      'engagement__replies',
      'engagement__post-deleted',
      'engagement__erasure',
      'engagement__idempotency-expiry',
    ],
  },
} satisfies SubgraphManifest;
