import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { findAccounts, findFollowedLast } from '@tintype/graphql/internal';
import type { Identity } from '@tintype/viewer';

/**
 * People who have an account, according to the user subgraph. The gateway asks it for each person in a list. Because
 * items may not be null, one unknown person would make the whole list null.
 */
export function createAccountLoader(client: SubgraphClient, identity: Identity): Loader<bigint, true> {
  return createLoader(async (ids) => {
    const accounts = await findAccounts(client, ids, identity);
    return new Map(accounts.map(({ id }) => [String(id), true]));
  });
}

const FOLLOWED = 500;

/** The 500 people whom the viewer followed last, loaded once per request. Their likes are listed first. */
export function createFollowedLoader(client: SubgraphClient, identity: Identity): () => Promise<bigint[]> {
  let followed: Promise<bigint[]> | undefined;
  return () => {
    followed ??= findFollowedLast(client, FOLLOWED, identity);
    return followed;
  };
}
