import type { Loader, SubgraphClient } from '@tintype/graphql';
import { type Relation, relationLoaderOf } from '@tintype/policy';
import type { ViewerPass } from '@tintype/viewer';
import { createVisibleHashtagLoader, createVisiblePostLoader } from '#result/visible.loader.ts';

export type Loaders = {
  /** How the viewer stands to people. */
  relations: Loader<bigint, Relation>;
  /** Whether the viewer may see posts. */
  visiblePosts: Loader<bigint, true>;
  /** Whether hashtags are on posts that the viewer may see. */
  visibleHashtags: Loader<string, true>;
};

export function createLoaders({ client }: { client: SubgraphClient }): (pass: ViewerPass) => Loaders {
  return (pass) => ({
    relations: relationLoaderOf({ client, pass }),
    visiblePosts: createVisiblePostLoader(client, pass),
    visibleHashtags: createVisibleHashtagLoader(client, pass),
  });
}
