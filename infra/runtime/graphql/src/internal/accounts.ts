import { AccountIdsDocument, AccountsDocument } from '@tintype/schema/internal/user';
import type { Identity } from '@tintype/viewer';
import type { SubgraphClient } from '../client.ts';
import { platformIdentity } from '../subgraph.ts';

/** An account that is neither deactivated nor deleted. */
export type Account = { id: bigint; isPrivate: boolean; visibilityVersion: bigint };

/** Those of these people who have an account, according to the user subgraph. @throws SubgraphError */
export async function findAccounts(
  client: SubgraphClient,
  ids: readonly bigint[],
  identity: Identity = platformIdentity(),
): Promise<Account[]> {
  const { accounts } = await client.request(AccountsDocument, { ids: ids.map(String) }, identity);
  return accounts.map(({ id, isPrivate, visibilityVersion }) => {
    return { id: BigInt(id), isPrivate, visibilityVersion: BigInt(visibilityVersion) };
  });
}

/** Ids of the people with these usernames who are visible to the viewer. @throws SubgraphError */
export async function findMentioned(
  client: SubgraphClient,
  usernames: readonly string[],
  identity: Identity,
): Promise<bigint[]> {
  if (usernames.length === 0) return [];
  const { accountIds } = await client.request(AccountIdsDocument, { usernames: [...usernames] }, identity);
  return accountIds.map(BigInt);
}
