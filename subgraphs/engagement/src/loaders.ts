import { createListLoader, createLoader, type ListLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { createVisiblePostLoader, relationLoaderOf } from '@tintype/graphql/internal';
import type { Relation } from '@tintype/policy';
import type { Executor } from '@tintype/postgres';
import { type Identity, StoreError } from '@tintype/viewer';
import {
  type CommentLists,
  createCommentLists,
  createCommentLoader,
  createDisabledLoader,
  createUncountedLoader,
} from '#comment/comment.loader.ts';
import type { CommentModel } from '#comment/comment.model.ts';
import type { TopCommentStore } from '#comment/top-comment.store.ts';
import type { UncountedComments } from '#comment/uncounted-comment.repository.ts';
import { createAccountLoader, createFollowedLoader } from '#entities/entities.loader.ts';
import type { PostModel } from '#entities/entities.model.ts';
import { createLikerLists, createViewerLikeLoader, type LikerLists } from '#like/like.loader.ts';
import type { ViewerLike } from '#like/like.model.ts';
import { findLiked, type ListedLiker, listLikerParts } from '#like/like.repository.ts';
import type { PendingLikeStore } from '#like/pending-like.store.ts';
import { createOwnEngagementLoader } from '#own-engagement/own-engagement.loader.ts';
import type { OwnEngagement } from '#own-engagement/own-engagement.model.ts';
import { createCollectionLoader } from '#save/save.loader.ts';
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
  /** What the viewer did with posts. */
  ownEngagement: Loader<bigint, OwnEngagement>;
  /** Of posts. */
  viewerLikes: Loader<bigint, ViewerLike>;
  viewerCommentLikes: Loader<bigint, ViewerLike>;
  likers: LikerLists;
  likerLists: ListLoader<bigint, ListedLiker>;
  /** Collections of the viewer. */
  collections: Loader<bigint, CollectionModel>;
  /** Comments that are not deleted, whoever may see them. */
  comments: Loader<bigint, CommentModel>;
  commentLists: CommentLists;
  /** The viewer's comments that the counts of a post do not include, by post. */
  uncounted: Loader<bigint, UncountedComments>;
  /** The comments on a post that the viewer knows of: those that are counted, and the viewer's own. */
  commentCounts: Loader<bigint, number>;
  commentsDisabled: Loader<bigint, true>;
  topComments: Loader<bigint, bigint[]>;
  shares: Loader<bigint, ShareModel>;
  shareLists: ListLoader<bigint, { id: bigint }>;
};

/** While no comments can be read, a feed still has their counts: those that everybody else gets. */
function withoutOwn(error: unknown): null {
  if (error instanceof StoreError) return null;
  throw error;
}

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
    const counts = createLoader<bigint, PostStats>(
      async (ids) => new Map([...(await stats.find(ids))].map(([id, one]) => [String(id), one])),
    );
    const ownEngagement = createOwnEngagementLoader(pool, userId);
    const uncounted = createUncountedLoader({ pool, ownEngagement, viewerId: userId });
    const likedPosts = async (postIds: readonly bigint[]) => {
      const own = await Promise.all(postIds.map((postId) => ownEngagement.load(postId)));
      return postIds.filter((_, index) => own[index]?.liked);
    };
    const likedComments = async (ids: readonly bigint[]) => (userId === null ? [] : findLiked(pool, userId, ids));
    return {
      visiblePosts: createVisiblePostLoader(client, identity, { unpublished: true }),
      relations: relationLoaderOf({ client, identity }),
      accounts: createAccountLoader(client, identity),
      stats: counts,
      ownEngagement,
      viewerLikes: createViewerLikeLoader({ pool, pending, userId, findLiked: likedPosts }),
      viewerCommentLikes: createViewerLikeLoader({ pool, pending, userId, findLiked: likedComments }),
      likers: createLikerLists({ pool, followed: createFollowedLoader(client, identity) }),
      likerLists: createListLoader((parts, direction) => listLikerParts(pool, parts, direction)),
      collections: createCollectionLoader(pool, userId),
      comments: createCommentLoader(pool),
      commentLists: createCommentLists(pool, userId),
      uncounted,
      commentCounts: createLoader(
        async (ids) =>
          new Map(
            await Promise.all(
              ids.map(async (id) => {
                const [counted, own] = await Promise.all([counts.load(id), uncounted.load(id).catch(withoutOwn)]);
                // Both numbers are of the same moment, so that a comment does not count twice while it is applied.
                return [String(id), own ? own.counted + own.total : (counted?.commentCount ?? 0)] as const;
              }),
            ),
          ),
      ),
      commentsDisabled: createDisabledLoader(pool),
      topComments: top.loader(),
      shareLists: createListLoader((parts, direction) => listShareParts(pool, parts, direction)),
      shares: createLoader(
        async (ids) => new Map((await findShares(pool, ids)).map((share) => [String(share.id), share])),
      ),
    };
  };
}
