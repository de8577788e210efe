import type { Loader, SubgraphClient } from '@tintype/graphql';
import { relationLoaderOf } from '@tintype/graphql/internal';
import type { Relation } from '@tintype/policy';
import type { Executor } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import {
  createHashtagLists,
  createHashtagLoader,
  createRelatedLists,
  type HashtagLists,
  type RelatedLists,
} from '#hashtag/hashtag.loader.ts';
import type { HashtagSummary } from '#hashtag/hashtag.model.ts';
import { createMediaLoader } from '#media/media.loader.ts';
import type { MediaModel } from '#media/media.model.ts';
import { createPinnedLoader } from '#pin/pin.loader.ts';
import { createPostCountLoader, createPostLists, createPostLoader, type PostLists } from '#post/post.loader.ts';
import type { PostModel } from '#post/post.model.ts';
import type { PostCounts } from '#post/post-count.repository.ts';

export type Loaders = {
  /** Posts that are not deleted, including those that the viewer may not see. */
  posts: Loader<bigint, PostModel>;
  postLists: PostLists;
  /** Photos by post, in carousel order. */
  media: Loader<bigint, MediaModel[]>;
  postCounts: Loader<bigint, PostCounts>;
  /** Ids of the pinned posts of an author, pinned last first, including those that the viewer may not see. */
  pinned: Loader<bigint, bigint[]>;
  relations: Loader<bigint, Relation>;
  hashtags: Loader<string, HashtagSummary>;
  hashtagLists: HashtagLists;
  relatedHashtags: RelatedLists;
};

export function createLoaders(deps: { pool: Executor; client: SubgraphClient }): (identity: Identity) => Loaders {
  const { pool, client } = deps;
  return (identity) => {
    const relations = relationLoaderOf({ client, identity });
    return {
      posts: createPostLoader(pool),
      postLists: createPostLists({ pool, viewerId: identity.viewer?.userId, relations }),
      media: createMediaLoader(pool),
      postCounts: createPostCountLoader(pool),
      pinned: createPinnedLoader(pool),
      relations,
      hashtags: createHashtagLoader(pool),
      hashtagLists: createHashtagLists(pool),
      relatedHashtags: createRelatedLists(pool),
    };
  };
}
