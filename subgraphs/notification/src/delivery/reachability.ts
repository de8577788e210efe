import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import { MailAddressesDocument, NotifiableAccountsDocument } from '@tintype/schema/internal/user';
import type { Mailbox } from './mail/mail.channel.ts';
import { type MailSubscription, unsubscribeTokenOf } from './mail/unsubscribe.rules.ts';

/**
 * Asks the user subgraph whether a person has an account that is neither hidden nor suspended. Nothing is sent to
 * anybody else.
 *
 * @throws SubgraphError
 */
export async function isNotifiable(client: SubgraphClient, userId: bigint): Promise<boolean> {
  const variables = { userIds: [String(userId)] };
  const { notifiableAccounts } = await client.request(NotifiableAccountsDocument, variables, platformIdentity());
  return notifiableAccounts.length > 0;
}

/**
 * Asks the user subgraph for a person's address.
 *
 * @param subscription what the mail is part of
 * @returns null if the account is hidden, suspended or deleted
 * @throws SubgraphError
 */
export type FindMailbox = (userId: bigint, subscription: MailSubscription) => Promise<Mailbox | null>;

/** @param deps.publicUrl the gateway's address */
export function createFindMailbox(deps: { client: SubgraphClient; publicUrl: string; secret: string }): FindMailbox {
  const { client, publicUrl, secret } = deps;
  return async (userId, subscription) => {
    const variables = { userIds: [String(userId)] };
    const { mailAddresses } = await client.request(MailAddressesDocument, variables, platformIdentity());
    const [address] = mailAddresses;
    if (!address) return null;
    const token = unsubscribeTokenOf(userId, subscription, secret);
    return { email: address.email, unsubscribeUrl: `${publicUrl}/unsubscribe?token=${token}` };
  };
}
