import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { type Relation, relationLoaderOf } from '@tintype/policy';
import type { ViewerPass } from '@tintype/viewer';
import type pg from 'pg';
import { followedOf } from '#hashtag/hashtag-follow.service.ts';

/** Home feeds are references that other subgraphs fill in: only posts that a hashtag brought are looked at more closely. */
export type Loaders = {
  /** How the viewer stands to authors whom they need not follow. */
  relations: Loader<bigint, Relation>;
  /** True for hashtags that the viewer follows. */
  followedHashtags: Loader<string, true>;
};

export function createLoaders(deps: { pool: pg.Pool; client: SubgraphClient }): (pass: ViewerPass) => Loaders {
  const { pool, client } = deps;
  return (pass) => ({
    relations: relationLoaderOf({ client, pass }),
    followedHashtags: createLoader(followedOf(pool, pass.viewer?.userId ?? null)),
  });
}
