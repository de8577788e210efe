import { createHash } from 'node:crypto';

/**
 * The hash by which a token or a secret is stored and found. They have 256 random bits, so a plain hash cannot be
 * reversed by guessing.
 */
export function hashToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}
