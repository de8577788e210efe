import { type SubgraphClient, systemPass } from '@tintype/graphql';

const ACCOUNTS = 'query Recipient($ids: [ID!]!) { accounts(ids: $ids) { id } }';

/** Whether somebody has an account that is not hidden, as the user subgraph says now: nobody else is told anything. @throws SubgraphError */
export async function isThere(client: SubgraphClient, userId: bigint): Promise<boolean> {
  const request = { query: ACCOUNTS, variables: { ids: [String(userId)] }, pass: systemPass() };
  const { accounts } = await client.request<{ accounts: { id: string }[] }>('user', request);
  return accounts.length > 0;
}
