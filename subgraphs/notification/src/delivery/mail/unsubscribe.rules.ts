import { createHmac, timingSafeEqual } from 'node:crypto';

/** The mails that a person can stop: those about single notifications, and digests. */
export type MailSubscription = 'NOTIFICATIONS' | 'DIGEST';

/** How a token names them. */
const LETTERS = { NOTIFICATIONS: 'n', DIGEST: 'd' } as const satisfies Record<MailSubscription, string>;
const TOKEN = /^([1-9]\d{0,18})\.([nd])\.([\w-]{43})$/;

function signatureOf(userId: bigint, subscription: MailSubscription, secret: string): string {
  const signed = `tintype unsubscribe v1\0${userId}\0${subscription}`;
  return createHmac('sha256', secret).update(signed).digest('base64url');
}

/**
 * The token by which whoever has a mail can stop such mails, and do nothing else. It works for as long as the platform
 * keeps its secret, because mails are read late.
 */
export function unsubscribeTokenOf(userId: bigint, subscription: MailSubscription, secret: string): string {
  return `${userId}.${LETTERS[subscription]}.${signatureOf(userId, subscription, secret)}`;
}

/** @returns null if the platform did not make this token */
export function readUnsubscribeToken(
  token: string,
  secret: string,
): { userId: bigint; subscription: MailSubscription } | null {
  const [, id, letter, signature] = TOKEN.exec(token) ?? [];
  if (id === undefined || signature === undefined) return null;
  const userId = BigInt(id);
  const subscription = letter === LETTERS.DIGEST ? 'DIGEST' : 'NOTIFICATIONS';
  const expected = signatureOf(userId, subscription, secret);
  return timingSafeEqual(Buffer.from(signature), Buffer.from(expected)) ? { userId, subscription } : null;
}
