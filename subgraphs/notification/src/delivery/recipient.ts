import type { SubgraphClient } from '@tintype/graphql';
import { findAccounts } from '@tintype/graphql/internal';

/** Whether somebody has an account that is not hidden, as the user subgraph says now: nobody else is told anything. @throws SubgraphError */
export async function isThere(client: SubgraphClient, userId: bigint): Promise<boolean> {
  return (await findAccounts(client, [userId])).length > 0;
}
