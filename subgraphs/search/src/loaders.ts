import type { Loader, SubgraphClient } from '@tintype/graphql';
import { type Relation, relationLoaderOf } from '@tintype/policy';
import type { ViewerPass } from '@tintype/viewer';
import { createVisiblePostLoader } from '#result/visible-post.loader.ts';

export type Loaders = {
  /** How the viewer stands to people. */
  relations: Loader<bigint, Relation>;
  /** Whether the viewer may see posts. */
  visiblePosts: Loader<bigint, true>;
};

export function createLoaders({ client }: { client: SubgraphClient }): (pass: ViewerPass) => Loaders {
  return (pass) => ({
    relations: relationLoaderOf({ client, pass }),
    visiblePosts: createVisiblePostLoader(client, pass),
  });
}
