import { createHmac } from 'node:crypto';

/** How long a device counts as known after the last login from it, and how many are kept. */
export const KNOWN_S = 90 * 24 * 3600;
export const MAX_KNOWN = 50;

/**
 * What a device is recognised by: what its client called itself, and the network. Stored as an HMAC, so that the
 * database does not say where people are.
 */
export function deviceKey(
  userId: bigint,
  { device, network }: { device: string; network: string | undefined },
  secret: string,
): Uint8Array<ArrayBuffer> {
  const parts = ['tintype device v1', String(userId), device, network ?? ''];
  return new Uint8Array(createHmac('sha256', secret).update(parts.join('\0')).digest());
}
