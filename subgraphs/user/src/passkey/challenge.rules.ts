import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** How long a person has to answer. */
export const CHALLENGE_MS = 5 * 60_000;

const NONCE_BYTES = 16;
const TIME_BYTES = 8;
const MAC_BYTES = 32;

/**
 * What an answer to a challenge is good for. ADD: to add a passkey to the account, for which the person has just shown
 * who they are. A new password makes such challenges useless. CONFIRM: a dangerous change in this session. LOG_IN: by
 * whoever has the passkey.
 */
export type ChallengeUse =
  | { purpose: 'ADD'; userId: bigint; sessionId: string; passwordHash: string }
  | { purpose: 'CONFIRM'; userId: bigint; sessionId: string }
  | { purpose: 'LOG_IN' };

/** `nonce`: identifies the challenge among those that were used. */
export type Challenge = { nonce: Uint8Array<ArrayBuffer>; expiresAt: Date };

/**
 * A challenge that only we can have made, and only for this use. So nothing has to be stored before it is answered, and
 * visitors who ask for challenges fill no table.
 */
export function newChallenge(use: ChallengeUse, secret: string, now = Date.now()): Uint8Array<ArrayBuffer> {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigInt64BE(BigInt(now + CHALLENGE_MS));
  const head = Buffer.concat([randomBytes(NONCE_BYTES), time]);
  return new Uint8Array(Buffer.concat([head, macOf(head, use, secret)]));
}

/**
 * @param text in base64url, as authenticators sign it
 * @returns null if it was not made for this use, or is too old
 */
export function readChallenge(text: string, use: ChallengeUse, secret: string, now = Date.now()): Challenge | null {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== NONCE_BYTES + TIME_BYTES + MAC_BYTES) return null;
  const head = bytes.subarray(0, NONCE_BYTES + TIME_BYTES);
  if (!timingSafeEqual(bytes.subarray(head.length), macOf(head, use, secret))) return null;
  const expiresAt = Number(head.readBigInt64BE(NONCE_BYTES));
  if (expiresAt <= now) return null;
  return { nonce: new Uint8Array(head.subarray(0, NONCE_BYTES)), expiresAt: new Date(expiresAt) };
}

function macOf(head: Uint8Array, use: ChallengeUse, secret: string): Buffer {
  const bound = 'userId' in use ? [String(use.userId), use.sessionId] : [];
  const hash = 'passwordHash' in use ? [use.passwordHash] : [];
  const text = ['tintype passkey challenge v1', use.purpose, ...bound, ...hash, ''].join('\0');
  return createHmac('sha256', secret).update(text).update(head).digest();
}
