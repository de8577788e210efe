import { randomUUID } from 'node:crypto';
import { isOutage } from '@tintype/telemetry';
import type { Channel, Outcome } from '#channel/channel.ts';
import { mailOf } from './mail.rules.ts';
import type { MailTransport } from './mail-transport.ts';

export type MailPlace = { email: string };

/** @param deps.domain of the ids of messages */
export function createMailChannel(deps: { transport: MailTransport; domain: string }): Channel<MailPlace> {
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

/** 5xx of a mail server is its last word about this mail (RFC 5321, 4.2.1). */
function failureOf(error: Error & { responseCode?: number }): Outcome {
  const { message, responseCode = 0 } = error;
  if (responseCode >= 500) return { kind: 'refused', reason: message };
  return { kind: 'later', reason: message, isOutage: isOutage(error) };
}
