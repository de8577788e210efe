import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import { MailAddressesDocument } from '@tintype/schema/internal/user';
import type { MailPlace } from '#mail/mail.channel.ts';

/** Where a person's mail goes, as the user subgraph says now; null where the account is hidden or gone. @throws SubgraphError */
export async function findMailPlace(client: SubgraphClient, userId: bigint): Promise<MailPlace | null> {
  const { mailAddresses } = await client.request(
    MailAddressesDocument,
    { userIds: [String(userId)] },
    platformIdentity(),
  );
  return mailAddresses[0] ?? null;
}
