import type { Loader, SubgraphClient } from '@tintype/graphql';
import { createVisiblePostLoader, relationLoaderOf } from '@tintype/graphql/internal';
import type { Relation } from '@tintype/policy';
import type { Executor } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import { createUsernameLoader } from '#actor/actor.loader.ts';
import { createNotificationLoader } from '#notification/notification.loader.ts';
import type { NotificationModel } from '#notification/notification.model.ts';
import { createVisibleCommentLoader } from '#target/target.loader.ts';
import type { CommentModel, PostModel } from '#target/target.model.ts';

export type Loaders = {
  /** Of the viewer. */
  notifications: Loader<bigint, NotificationModel>;
  /** Of people whom the viewer may know of. */
  usernames: Loader<bigint, string>;
  relations: Loader<bigint, Relation>;
  /** Posts that the viewer may see. */
  visiblePosts: Loader<bigint, PostModel>;
  /** Comments that the viewer may see. */
  visibleComments: Loader<bigint, CommentModel>;
};

export function createLoaders(deps: { pool: Executor; client: SubgraphClient }): (identity: Identity) => Loaders {
  const { pool, client } = deps;
  return (identity) => ({
    notifications: createNotificationLoader(pool, identity.viewer?.userId ?? null),
    usernames: createUsernameLoader(client, identity),
    relations: relationLoaderOf({ client, identity }),
    visiblePosts: createVisiblePostLoader(client, identity),
    visibleComments: createVisibleCommentLoader(client, identity),
  });
}
