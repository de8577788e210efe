import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { findAccounts, findFollowedLast } from '@tintype/graphql/internal';
import type { Identity } from '@tintype/viewer';

/**
 * People who have an account, as the user subgraph says now. The gateway asks it for each of them, and one whom it does not know would make
 * the whole list null, since its items cannot be.
 */
export function createAccountLoader(client: SubgraphClient, identity: Identity): Loader<bigint, true> {
  return createLoader(async (ids) => {
    const accounts = await findAccounts(client, ids, identity);
    return new Map(accounts.map(({ id }) => [String(id), true]));
  });
}

const FOLLOWED = 500;

/** The 500 people whom the viewer followed last, asked once for an answer: whose likes and comments are preferred. */
export function createFollowedLoader(client: SubgraphClient, identity: Identity): () => Promise<bigint[]> {
  let asked: Promise<bigint[]> | undefined;
  return () => {
    asked ??= findFollowedLast(client, FOLLOWED, identity);
    return asked;
  };
}
