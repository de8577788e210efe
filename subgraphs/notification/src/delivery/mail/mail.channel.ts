import { type MailTransport, mailFailure, newMessageId } from '@tintype/mail';
import type { Channel } from '#delivery/channel.ts';
import { mailOf } from './mail.rules.ts';

export type Mailbox = { email: string };

/** @param deps.from the sender's address */
export function createMailChannel(deps: { transport: MailTransport; from: string }): Channel<Mailbox> {
  const { transport, from } = deps;
  return {
    async deliver({ email }, message) {
      try {
        await transport.send({ to: email, messageId: newMessageId(message.tag, from), ...mailOf(message) });
        return { kind: 'delivered' };
      } catch (error) {
        return mailFailure(error);
      }
    },
  };
}
