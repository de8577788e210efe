import { createHash, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** Seconds for which a code is shown, and how many steps the clock of an app may differ (RFC 6238, section 5.2). */
const PERIOD_S = 30;
const WINDOW = 1;

export const RECOVERY_CODES = 10;
/** 80 bits, so that hashes cannot be reversed by guessing. */
const RECOVERY_BYTES = 10;
const GROUP = /.{4}(?=.)/g;

/** A new shared secret in base32, of the length that RFC 4226 recommends. */
export function newSharedSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** The address with which an authenticator app takes the secret over. */
export function setupUri(secret: string, username: string): string {
  return totpOf(secret, username).toString();
}

/** The time step of a code. @returns null if it is none of the codes of this time */
export function stepOf(secret: string, code: string, now = Date.now()): bigint | null {
  const delta = /^\d{6}$/.test(code) ? totpOf(secret).validate({ token: code, timestamp: now, window: WINDOW }) : null;
  return delta === null ? null : BigInt(Math.floor(now / 1000 / PERIOD_S) + delta);
}

function totpOf(secret: string, label = ''): TOTP {
  return new TOTP({ issuer: 'Tintype', label, secret: Secret.fromBase32(secret), period: PERIOD_S });
}

/** `ABCD-EFGH-JKLM-NPQR`, of which no two are the same. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const { base32 } = new Secret({ buffer: new Uint8Array(randomBytes(RECOVERY_BYTES)).buffer });
    return base32.replaceAll(GROUP, '$&-');
  });
}

/** The code is the same with small letters, and without hyphens or with spaces. */
export function hashRecoveryCode(userId: bigint, code: string): Uint8Array<ArrayBuffer> {
  const letters = code.replaceAll(/[\s-]/g, '').toUpperCase();
  return new Uint8Array(createHash('sha256').update(`tintype recovery code v1\0${userId}\0${letters}`).digest());
}
