import { createHash, randomBytes } from 'node:crypto';

/** Short, because an access token cannot be taken back but by a look at the denylist. */
export const ACCESS_TOKEN_S = 15 * 60;
export const SESSION_MS = 60 * 24 * 3600 * 1000;
/** A client that lost the answer may come again with the token it has; later than this it is somebody else. */
export const REUSE_GRACE_MS = 10_000;

const TOKEN_BYTES = 32;

/** 256 random bits: nobody guesses them, so a plain hash of them is enough to keep. */
export function newRefreshToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

export function hashRefreshToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}
