import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** By default, a shorter tag is accepted, which is easier to guess. */
const WHOLE_TAG = { authTagLength: TAG_BYTES };

/** A separate key for each purpose, derived from the platform's secret. */
function sealingKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
}

/**
 * AES-256-GCM: nonce, tag, ciphertext.
 *
 * @param purpose text that is sealed for one purpose does not open for another
 */
export function seal(text: string, secret: string, purpose: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(secret, purpose), nonce, WHOLE_TAG);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** @returns null if it was sealed with another secret or for another purpose, or was modified */
export function unseal(bytes: Uint8Array, secret: string, purpose: string): string | null {
  const all = Buffer.from(bytes);
  if (all.length < NONCE_BYTES + TAG_BYTES) return null;
  const nonce = all.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(secret, purpose), nonce, WHOLE_TAG);
  decipher.setAuthTag(all.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    return decipher.update(all.subarray(NONCE_BYTES + TAG_BYTES)).toString() + decipher.final('utf8');
  } catch {
    return null;
  }
}
