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
import { createPostCountLoader, createPostLists, createPostLoader, type PostLists } from '#post/post.loader.ts';
import type { PostModel } from '#post/post.model.ts';

export type Loaders = {
  /** Posts that are not deleted, including those that the viewer may not see. */
  posts: Loader<bigint, PostModel>;
  postLists: PostLists;
  /** Photos by post, in carousel order. */
  media: Loader<bigint, MediaModel[]>;
  postCounts: Loader<bigint, number>;
  relations: Loader<bigint, Relation>;
  hashtags: Loader<string, HashtagSummary>;
  hashtagLists: HashtagLists;
  relatedHashtags: RelatedLists;
};

export function createLoaders(deps: { pool: Executor; client: SubgraphClient }): (identity: Identity) => Loaders {
  const { pool, client } = deps;
  return (identity) => ({
    posts: createPostLoader(pool),
    postLists: createPostLists(pool),
    media: createMediaLoader(pool),
    postCounts: createPostCountLoader(pool),
    relations: relationLoaderOf({ client, identity }),
    hashtags: createHashtagLoader(pool),
    hashtagLists: createHashtagLists(pool),
    relatedHashtags: createRelatedLists(pool),
  });
}
