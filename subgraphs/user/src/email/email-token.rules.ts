import { createHash, randomBytes } from 'node:crypto';

export type EmailTokenPurpose = 'VERIFY_EMAIL' | 'RESET_PASSWORD';

/** How long a link works, in seconds. */
export const VALID_S: Readonly<Record<EmailTokenPurpose, number>> = {
  VERIFY_EMAIL: 24 * 3600,
  RESET_PASSWORD: 30 * 60,
};

/** How many mails with links of one purpose an account gets within an hour. */
export const MAX_MAILS_AN_HOUR = 5;

const BYTES = 32;

export function newEmailToken(): string {
  return randomBytes(BYTES).toString('base64url');
}

/** Tokens have 256 random bits, so a plain hash cannot be reversed by guessing. */
export function hashEmailToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update('tintype e-mail token v1\0').update(token).digest());
}
