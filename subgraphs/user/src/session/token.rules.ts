import { createHmac, randomBytes } from 'node:crypto';
import { hashToken } from './token-hash.rules.ts';

/** Short, because an access token is revoked only by the state of its session in Redis. */
export const ACCESS_TOKEN_S = 15 * 60;
/** Seconds for which an app can use the token that says who logged in. */
export const ID_TOKEN_S = 3600;
export const SESSION_MS = 60 * 24 * 3600 * 1000;
/**
 * For this long after a rotation, a client that lost the answer gets the same answer again. Later, the token counts as
 * stolen.
 */
const REFRESH_GRACE_MS = 10_000;

const FAMILY_BYTES = 16;
const TOKEN_BYTES = 32;

/**
 * `family.secret`. The family stays the same for the life of a session. So every earlier token is recognised, although
 * only the hashes of the last two are stored. It is random rather than the session's id, so that only holders of a
 * token can end the session with it.
 */
export function newRefreshToken(): string {
  return `${randomBytes(FAMILY_BYTES).toString('base64url')}.${randomBytes(TOKEN_BYTES).toString('base64url')}`;
}

/**
 * The token that this one is exchanged for. It is derived, so that repeated requests with one token get the same answer
 * without storing a token.
 */
export function nextRefreshToken(token: string, secret: string): string {
  const next = createHmac('sha256', secret).update('tintype refresh token v1\0').update(token).digest('base64url');
  return `${familyOf(token)}.${next}`;
}

/** Tokens from before families have no dot, and each is a family of its own. */
function familyOf(token: string): string {
  const dot = token.indexOf('.');
  return dot < 0 ? token : token.slice(0, dot);
}

export function hashFamily(token: string): Uint8Array<ArrayBuffer> {
  return hashToken(familyOf(token));
}

/** The stored state of the session that a token's family belongs to. */
export type RefreshState = {
  refreshHash: Uint8Array;
  previousHash: Uint8Array | null;
  rotatedAt: Date;
  expiresAt: Date;
  /** Not revoked, and its account is active. */
  isLive: boolean;
};

/**
 * ROTATE: the current token. REPEAT: the previous one, within the grace period, from a client that lost the response.
 * REUSED: any other token of the family, so two parties hold tokens of this session. REFUSED: the session has ended, or
 * the response cannot be given again.
 */
export type RefreshDecision = 'ROTATE' | 'REPEAT' | 'REUSED' | 'REFUSED';

/** @param presented hash of the presented token. `next` is the hash of the token that it is exchanged for */
export function decideRefresh(
  session: RefreshState,
  presented: Uint8Array,
  next: Uint8Array,
  now: Date,
): RefreshDecision {
  if (!session.isLive || session.expiresAt <= now) return 'REFUSED';
  if (equal(presented, session.refreshHash)) return 'ROTATE';
  const isPrevious = session.previousHash !== null && equal(presented, session.previousHash);
  if (!isPrevious || now.getTime() - session.rotatedAt.getTime() > REFRESH_GRACE_MS) return 'REUSED';
  // The platform's secret has changed since, so the next token cannot be derived again.
  return equal(next, session.refreshHash) ? 'REPEAT' : 'REFUSED';
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
