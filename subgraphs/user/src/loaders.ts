import type { Loader, SubgraphClient } from '@tintype/graphql';
import { relationLoaderOf } from '@tintype/graphql/internal';
import type { Relation } from '@tintype/policy';
import type { Executor } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import { createAccountLoader } from '#account/account.loader.ts';
import type { AccountModel } from '#account/account.model.ts';

export type Loaders = {
  accounts: Loader<bigint, AccountModel>;
  /** How the viewer stands to people. */
  relations: Loader<bigint, Relation>;
};

export function createLoaders(deps: { pool: Executor; client: SubgraphClient }): (identity: Identity) => Loaders {
  return (identity) => ({
    accounts: createAccountLoader(deps.pool),
    relations: relationLoaderOf({ client: deps.client, identity }),
  });
}
