import type { Executor } from '@tintype/postgres';
import { type MailSubscription, readUnsubscribeToken } from '#delivery/mail/unsubscribe.rules.ts';
import { stopDigests, stopMails } from './delivery-setting.repository.ts';

/**
 * Stops the mails that a token names. Can run twice.
 *
 * @returns what was stopped; null if the platform did not make this token
 */
export type Unsubscribe = (token: string) => Promise<MailSubscription | null>;

export function createUnsubscribe(deps: { pool: Executor; secret: string }): Unsubscribe {
  const { pool, secret } = deps;
  return async (token) => {
    const read = readUnsubscribeToken(token, secret);
    if (!read) return null;
    await (read.subscription === 'DIGEST' ? stopDigests : stopMails)(pool, read.userId);
    return read.subscription;
  };
}
