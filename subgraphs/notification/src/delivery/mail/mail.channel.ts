import { type MailTransport, mailFailure, newMessageId } from '@tintype/mail';
import type { Channel } from '#delivery/channel.ts';
import { mailOf } from './mail.rules.ts';

/** `unsubscribeUrl` stops mails like this one. */
export type Mailbox = { email: string; unsubscribeUrl: string };

/** @param deps.from the sender's address */
export function createMailChannel(deps: { transport: MailTransport; from: string }): Channel<Mailbox> {
  const { transport, from } = deps;
  return {
    async deliver({ email, unsubscribeUrl }, message) {
      try {
        const messageId = newMessageId(message.tag, from);
        await transport.send({ to: email, messageId, unsubscribeUrl, ...mailOf(message, unsubscribeUrl) });
        return { kind: 'delivered' };
      } catch (error) {
        return mailFailure(error);
      }
    },
  };
}
