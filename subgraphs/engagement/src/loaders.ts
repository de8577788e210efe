import { createListLoader, createLoader, type ListLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { createVisiblePostLoader, relationLoaderOf } from '@tintype/graphql/internal';
import type { Relation } from '@tintype/policy';
import type { Executor } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import {
  type CommentLists,
  createCommentLists,
  createCommentLoader,
  createDisabledLoader,
} from '#comment/comment.loader.ts';
import type { CommentModel } from '#comment/comment.model.ts';
import type { TopCommentStore } from '#comment/top-comment.store.ts';
import { createAccountLoader, createFollowedLoader } from '#entities/entities.loader.ts';
import type { PostModel } from '#entities/entities.model.ts';
import { createLikerLists, createViewerLikeLoader, type LikerLists } from '#like/like.loader.ts';
import type { ViewerLike } from '#like/like.model.ts';
import { type ListedLiker, listLikerParts } from '#like/like.repository.ts';
import type { PendingLikeStore } from '#like/pending-like.store.ts';
import { createCollectionLoader, createSavedLoader } from '#save/save.loader.ts';
import type { CollectionModel } from '#save/save.model.ts';
import type { ShareModel } from '#share/share.model.ts';
import { findShares, listShareParts } from '#share/share.repository.ts';
import type { PostStats } from '#stats/stats.model.ts';
import type { StatsStore } from '#stats/stats.store.ts';

export type Loaders = {
  /** Posts that the viewer may see. */
  visiblePosts: Loader<bigint, PostModel>;
  relations: Loader<bigint, Relation>;
  /** True for people who have an account that is not hidden. */
  accounts: Loader<bigint, true>;
  stats: Loader<bigint, PostStats>;
  viewerLikes: Loader<bigint, ViewerLike>;
  likers: LikerLists;
  likerLists: ListLoader<bigint, ListedLiker>;
  /** True for posts that the viewer saved. */
  saved: Loader<bigint, true>;
  /** Collections of the viewer. */
  collections: Loader<bigint, CollectionModel>;
  /** Comments that are not deleted, whoever may see them. */
  comments: Loader<bigint, CommentModel>;
  commentLists: CommentLists;
  commentsDisabled: Loader<bigint, true>;
  topComments: Loader<bigint, bigint[]>;
  shares: Loader<bigint, ShareModel>;
  shareLists: ListLoader<bigint, { id: bigint }>;
};

export function createLoaders(deps: {
  pool: Executor;
  client: SubgraphClient;
  stats: StatsStore;
  pending: PendingLikeStore;
  top: TopCommentStore;
}): (identity: Identity) => Loaders {
  const { pool, client, stats, pending, top } = deps;
  return (identity) => {
    const userId = identity.viewer?.userId ?? null;
    return {
      visiblePosts: createVisiblePostLoader(client, identity, { unpublished: true }),
      relations: relationLoaderOf({ client, identity }),
      accounts: createAccountLoader(client, identity),
      stats: createLoader(async (ids) => new Map([...(await stats.find(ids))].map(([id, one]) => [String(id), one]))),
      viewerLikes: createViewerLikeLoader({ pool, pending, userId }),
      likers: createLikerLists({ pool, followed: createFollowedLoader(client, identity) }),
      likerLists: createListLoader((parts, direction) => listLikerParts(pool, parts, direction)),
      saved: createSavedLoader(pool, userId),
      collections: createCollectionLoader(pool, userId),
      comments: createCommentLoader(pool),
      commentLists: createCommentLists(pool, userId),
      commentsDisabled: createDisabledLoader(pool),
      topComments: top.loader(),
      shareLists: createListLoader((parts, direction) => listShareParts(pool, parts, direction)),
      shares: createLoader(
        async (ids) => new Map((await findShares(pool, ids)).map((share) => [String(share.id), share])),
      ),
    };
  };
}
