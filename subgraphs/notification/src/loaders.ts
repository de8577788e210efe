import type { Loader, SubgraphClient } from '@tintype/graphql';
import { createVisiblePostLoader, relationLoaderOf } from '@tintype/graphql/internal';
import type { Language } from '@tintype/language';
import type { Relation } from '@tintype/policy';
import type { Executor } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import { createPushSubscriptionLoader } from '#delivery/push/push-subscription.loader.ts';
import type { StoredPushSubscription } from '#delivery/push/push-subscription.repository.ts';
import { createUsernameLoader, createVisibleCommentLoader } from '#notification/entity.loader.ts';
import type { CommentModel, PostModel } from '#notification/entity.model.ts';
import { createNotificationLoader } from '#notification/notification.loader.ts';
import type { NotificationModel } from '#notification/notification.model.ts';
import { createLanguageLoader } from '#projection/language.loader.ts';

export type Loaders = {
  /** Notifications of the viewer that they may know of. */
  notifications: Loader<bigint, NotificationModel>;
  /** Push subscriptions of the viewer. */
  pushSubscriptions: Loader<bigint, StoredPushSubscription>;
  /** Usernames of people whom the viewer may see. */
  usernames: Loader<bigint, string>;
  relations: Loader<bigint, Relation>;
  /** The language of texts to the viewer. */
  languages: Loader<bigint, Language>;
  /** Posts that the viewer may see. */
  visiblePosts: Loader<bigint, PostModel>;
  /** Comments that the viewer may see. */
  visibleComments: Loader<bigint, CommentModel>;
};

export function createLoaders(deps: { pool: Executor; client: SubgraphClient }): (identity: Identity) => Loaders {
  const { pool, client } = deps;
  return (identity) => {
    const viewerId = identity.viewer?.userId ?? null;
    const relations = relationLoaderOf({ client, identity });
    return {
      notifications: createNotificationLoader(pool, viewerId, relations),
      pushSubscriptions: createPushSubscriptionLoader(pool, viewerId),
      usernames: createUsernameLoader(client, identity),
      relations,
      languages: createLanguageLoader(pool, viewerId),
      visiblePosts: createVisiblePostLoader(client, identity),
      visibleComments: createVisibleCommentLoader(client, identity),
    };
  };
}
