import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { createVisiblePostLoader, relationLoaderOf, type VisiblePost } from '@tintype/graphql/internal';
import type { Relation } from '@tintype/policy';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import { followedOf } from '#hashtag/hashtag-follow.service.ts';
import { createVisibleShareLoader, type VisibleShare } from '#home/visible-shares.loader.ts';

/** The feed returns references that other subgraphs resolve, and asks the owners who may see them. */
export type Loaders = {
  /** The relations of the viewer to authors. */
  relations: Loader<bigint, Relation>;
  /** Published posts that the viewer may see. */
  visiblePosts: Loader<bigint, VisiblePost>;
  /** Shares that the viewer may see. */
  visibleShares: Loader<bigint, VisibleShare>;
  /** True for hashtags that the viewer follows. */
  followedHashtags: Loader<string, true>;
};

export function createLoaders(deps: { pool: pg.Pool; client: SubgraphClient }): (identity: Identity) => Loaders {
  const { pool, client } = deps;
  return (identity) => ({
    relations: relationLoaderOf({ client, identity }),
    visiblePosts: createVisiblePostLoader(client, identity),
    visibleShares: createVisibleShareLoader({ client, identity }),
    followedHashtags: createLoader(followedOf(pool, identity.viewer?.userId ?? null)),
  });
}
