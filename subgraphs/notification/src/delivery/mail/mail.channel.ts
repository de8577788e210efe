import { randomUUID } from 'node:crypto';
import { isOutage } from '@tintype/telemetry';
import type { Channel, DeliveryOutcome } from '#delivery/channel.ts';
import { mailOf } from './mail.rules.ts';
import type { MailTransport } from './mail-transport.ts';

export type Mailbox = { email: string };

/** @param deps.domain the domain of message ids */
export function createMailChannel(deps: { transport: MailTransport; domain: string }): Channel<Mailbox> {
  const { transport, domain } = deps;
  return {
    async deliver({ email }, message) {
      const messageId = `<${message.tag}.${randomUUID()}@${domain}>`;
      try {
        await transport.send({ to: email, messageId, ...mailOf(message) });
        return { kind: 'delivered' };
      } catch (error) {
        return failureOf(error as Error & { responseCode?: number });
      }
    },
  };
}

/** With a 5xx code, a mail server refuses the mail for good (RFC 5321, 4.2.1). */
function failureOf(error: Error & { responseCode?: number }): DeliveryOutcome {
  const { message, responseCode = 0 } = error;
  if (responseCode >= 500) return { kind: 'refused', reason: message };
  return { kind: 'retry', reason: message, isOutage: isOutage(error) };
}
