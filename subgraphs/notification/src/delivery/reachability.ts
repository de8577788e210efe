import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import { findAccounts } from '@tintype/graphql/internal';
import { MailAddressesDocument } from '@tintype/schema/internal/user';
import type { Mailbox } from './mail/mail.channel.ts';

/**
 * Asks the user subgraph whether a person has an account that is not hidden. Nothing is sent to anybody else.
 *
 * @throws SubgraphError
 */
export async function hasVisibleAccount(client: SubgraphClient, userId: bigint): Promise<boolean> {
  return (await findAccounts(client, [userId])).length > 0;
}

/**
 * Asks the user subgraph for a person's address.
 *
 * @returns null if the account is hidden or deleted
 * @throws SubgraphError
 */
export async function findMailbox(client: SubgraphClient, userId: bigint): Promise<Mailbox | null> {
  const { mailAddresses } = await client.request(
    MailAddressesDocument,
    { userIds: [String(userId)] },
    platformIdentity(),
  );
  return mailAddresses[0] ?? null;
}
