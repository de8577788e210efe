import { type SubgraphClient, systemPass } from '@tintype/graphql';
import type { MailPlace } from '#mail/mail.channel.ts';

const ADDRESSES = 'query MailAddresses($userIds: [ID!]!) { mailAddresses(userIds: $userIds) { email } }';

/** Where a person's mail goes, as the user subgraph says now; null where the account is hidden or gone. @throws SubgraphError */
export async function findMailPlace(client: SubgraphClient, userId: bigint): Promise<MailPlace | null> {
  const variables = { userIds: [String(userId)] };
  const request = { query: ADDRESSES, variables, pass: systemPass() };
  const { mailAddresses } = await client.request<{ mailAddresses: MailPlace[] }>('user', request);
  return mailAddresses[0] ?? null;
}
