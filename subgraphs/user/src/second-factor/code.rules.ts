import { createHash, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** The domain of the seal of shared secrets. */
export const SEAL_PURPOSE = 'tintype user second factors v1';

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

/**
 * The time step of a code, which may have spaces or hyphens, or digits of another script.
 *
 * @returns null if it is none of the codes of this time
 */
export function stepOf(secret: string, code: string, now = Date.now()): bigint | null {
  const token = toAsciiDigits(code.replaceAll(/[\s\p{Pd}\p{Cf}]/gu, ''));
  const delta = /^\d{6}$/.test(token) ? totpOf(secret).validate({ token, timestamp: now, window: WINDOW }) : null;
  return delta === null ? null : BigInt(Math.floor(now / 1000 / PERIOD_S) + delta);
}

/** Unicode has the decimal digits of each script in a row of ten, beginning with zero (section 4.6). */
function toAsciiDigits(text: string): string {
  return text.replaceAll(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0)!;
    let first = code;
    while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
    return String((code - first) % 10);
  });
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
