import { createHash, createHmac } from 'node:crypto';

export type EmailTokenPurpose = 'VERIFY_EMAIL' | 'RESET_PASSWORD';

/** How long a link works, in seconds. */
export const VALID_S: Readonly<Record<EmailTokenPurpose, number>> = {
  VERIFY_EMAIL: 24 * 3600,
  RESET_PASSWORD: 30 * 60,
};

/**
 * How long a mail counts for the limit, in seconds. A reset counts as long as its link works: somebody who gets no
 * further mail has links that work.
 */
export const COUNTED_S: Readonly<Record<EmailTokenPurpose, number>> = { VERIFY_EMAIL: 3600, RESET_PASSWORD: 30 * 60 };

/**
 * How many mails with links of one purpose an account gets within that time. Strangers can ask for them, too, and use
 * up only half of what the owner can ask for.
 */
export const MAX_MAILS = { forStrangers: 5, forOwner: 10 } as const;

/**
 * The token of a mail. A mail that is sent again has the same one. It cannot be guessed without the platform's secret,
 * and is accepted only while its hash is stored.
 */
export function emailTokenOf(mailId: bigint, secret: string): string {
  return createHmac('sha256', secret).update(`tintype e-mail token v1\0${mailId}`).digest('base64url');
}

/** Tokens have 256 random bits, so a plain hash cannot be reversed by guessing. */
export function hashEmailToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update('tintype e-mail token v1\0').update(token).digest());
}
