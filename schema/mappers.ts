import type { SubgraphName } from './subgraphs.ts';

/**
 * What a resolver gets as parent of a type, per subgraph: the model that its service answers with, where that is not the
 * type of the SDL itself. `file#Type`, the file relative to the generated types.
 */
export const MAPPERS: Record<SubgraphName, Record<string, string>> = {
  user: { User: '../account/account.model.ts#AccountModel' },
  'social-graph': { User: '../person/person.model.ts#PersonModel' },
  post: {
    Post: '../post/post.model.ts#PostModel',
    Media: '../media/media.model.ts#MediaModel',
    Hashtag: '../hashtag/hashtag.model.ts#HashtagModel',
    User: '../author/author.model.ts#AuthorModel',
  },
  feed: { Hashtag: '../hashtag/hashtag.model.ts#HashtagModel' },
  engagement: {
    Post: '../target/target.model.ts#PostModel',
    User: '../target/target.model.ts#UserModel',
    Comment: '../comment/comment.model.ts#CommentModel',
    Share: '../share/share.model.ts#ShareModel',
    Collection: '../save/save.model.ts#CollectionModel',
    Activity: '../activity/activity.model.ts#ActivityModel',
  },
  notification: {
    Notification: '../notification/notification.model.ts#NotificationModel',
    User: '../actor/actor.model.ts#UserModel',
    Post: '../target/target.model.ts#PostModel',
    Comment: '../target/target.model.ts#CommentModel',
    PushSubscription: '../push/push-subscription.repository.ts#PushPlace',
    NotificationDelivery: '../delivery/delivery.model.ts#DeliverySetting',
  },
  search: {
    User: '../result/result.model.ts#UserModel',
    Post: '../result/result.model.ts#PostModel',
    Hashtag: '../result/result.model.ts#HashtagModel',
    SearchEdge: '../result/result.model.ts#FoundEdge',
    Suggestion: '../result/result.model.ts#Found',
  },
};
