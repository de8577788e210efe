import type { Loader, SubgraphClient } from '@tintype/graphql';
import { createVisiblePostLoader, relationLoaderOf, type VisiblePost } from '@tintype/graphql/internal';
import type { Relation } from '@tintype/policy';
import type { Identity } from '@tintype/viewer';
import { createVisibleHashtagLoader } from '#search/visible-hashtag.loader.ts';

export type Loaders = {
  /** How the viewer stands to people. */
  relations: Loader<bigint, Relation>;
  /** Published posts that the viewer may see. */
  visiblePosts: Loader<bigint, VisiblePost>;
  /** Whether hashtags are on posts that the viewer may see. */
  visibleHashtags: Loader<string, true>;
};

export function createLoaders({ client }: { client: SubgraphClient }): (identity: Identity) => Loaders {
  return (identity) => ({
    relations: relationLoaderOf({ client, identity }),
    visiblePosts: createVisiblePostLoader(client, identity),
    visibleHashtags: createVisibleHashtagLoader(client, identity),
  });
}
