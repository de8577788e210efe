import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { CallerIdentity, Subject } from './identity.ts';

/** The token is a bearer token. */
export const IDENTITY_HEADER = 'authorization';

/** A fetch takes less than this. A leaked token is of little use. */
const VALID_MS = 30_000;
/** How much the clocks of two machines may differ. */
const SKEW_MS = 60_000;

/** The identity token is missing, forged, expired or for another subgraph. */
export class IdentityTokenError extends Error {
  override name = 'IdentityTokenError';
}

/**
 * `sub`: the id of a person, with their session in `sid`, and what an app may do for them in `scp`; the service itself
 * if it acts for the platform, as with client credentials; absent for a visitor. `scope`: `internal` if the service
 * acts for itself. `rid`: the request. `op`: query or mutation. `ttl`: milliseconds until the deadline. `net`: the
 * network. `dev`: the device. `lng`: the language. `idk`: the idempotency key.
 */
type Claims = {
  iss: string;
  aud: string;
  iat: number;
  exp: number;
  sub?: string;
  sid?: string;
  scp?: readonly string[];
  scope?: 'internal';
  rid: string;
  op: 'query' | 'mutation';
  ttl?: number;
  net?: string;
  dev?: string;
  lng?: string;
  idk?: string;
};

/** The only accepted header: a sender cannot choose the algorithm. */
const HEADER = base64url({ alg: 'HS256', typ: 'JWT' });
const USER_ID = /^[1-9][0-9]{0,18}$/;

/**
 * A JSON Web Token (RFC 7519, HS256), valid for 30 s at one subgraph. Signed and verified with `node:crypto`, which is
 * synchronous: `jose` waits for a thread with each token, and every fetch has two.
 */
export function signIdentityToken(
  identity: CallerIdentity,
  audience: string,
  secret: string,
  now = Date.now(),
): string {
  const { caller, requestId, operation, network, device, language, idempotencyKey, deadline } = identity;
  const claims: Claims = {
    iss: caller.service,
    aud: audience,
    iat: now / 1000,
    exp: (now + VALID_MS) / 1000,
    ...subjectClaims(identity),
    ...(caller.isInternal && { scope: 'internal' }),
    rid: requestId,
    op: operation,
    ...(deadline !== undefined && { ttl: Math.max(0, Math.round(deadline - performance.now())) }),
    ...(network !== undefined && { net: network }),
    ...(device !== undefined && { dev: device }),
    ...(language !== undefined && { lng: language }),
    ...(idempotencyKey !== undefined && { idk: idempotencyKey }),
  };
  const signed = `${HEADER}.${base64url(claims)}`;
  return `${signed}.${mac(signed, secret)}`;
}

/**
 * @param onSkew called with how many milliseconds this clock is ahead of the caller's, including the time on the way
 * @throws IdentityTokenError
 */
export function verifyIdentityToken(
  token: string | undefined,
  audience: string,
  secret: string,
  now = Date.now(),
  onSkew: (ms: number) => void = () => undefined,
): CallerIdentity {
  const [header, payload, signature, rest] = token?.split('.') ?? [];
  if (!header || !payload || !signature || rest !== undefined) throw new IdentityTokenError('The token is missing.');
  if (header !== HEADER) throw new IdentityTokenError('The token is of another kind.');
  // Compares the texts, because several texts decode to the same bytes.
  const given = Buffer.from(signature);
  const right = Buffer.from(mac(`${header}.${payload}`, secret));
  if (given.length !== right.length || !timingSafeEqual(given, right)) {
    throw new IdentityTokenError('The signature of the token is wrong.');
  }
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
  if (claims.aud !== audience) throw new IdentityTokenError('The token is for another subgraph.');
  const [issuedMs, expiresMs] = [claims.iat * 1000, claims.exp * 1000];
  onSkew(Math.round(now - issuedMs));
  // Written so that NaN is refused.
  if (!(now <= expiresMs + SKEW_MS && issuedMs <= now + SKEW_MS && expiresMs - issuedMs <= VALID_MS + 1)) {
    throw new IdentityTokenError('The token is not valid at this time.');
  }
  return {
    ...subjectOfClaims(claims),
    caller: { service: claims.iss, isInternal: claims.scope === 'internal' },
    requestId: claims.rid,
    operation: claims.op,
    ...(claims.net !== undefined && { network: claims.net }),
    ...(claims.dev !== undefined && { device: claims.dev }),
    ...(claims.lng !== undefined && { language: claims.lng }),
    ...(claims.idk !== undefined && { idempotencyKey: claims.idk }),
    ...(claims.ttl !== undefined && { deadline: performance.now() + claims.ttl }),
  };
}

function subjectClaims({ kind, viewer, caller }: CallerIdentity): Pick<Claims, 'sub' | 'sid' | 'scp'> {
  if (kind === 'person') {
    const { userId, sessionId, scopes } = viewer;
    return { sub: String(userId), sid: sessionId, ...(scopes && { scp: scopes }) };
  }
  return kind === 'platform' ? { sub: caller.service } : {};
}

function subjectOfClaims({ iss, sub, sid, scp }: Claims): Subject {
  if (sub === undefined) return { kind: 'visitor', viewer: null };
  if (sub === iss) return { kind: 'platform', viewer: null };
  if (sid === undefined || !USER_ID.test(sub)) throw new IdentityTokenError('The subject of the token is not valid.');
  return { kind: 'person', viewer: { userId: BigInt(sub), sessionId: sid, ...(scp && { scopes: scp }) } };
}

const keys = new Map<string, KeyObject>();

/** Derived from the platform's secret for this purpose only. A process has one secret. */
function tokenKey(secret: string): KeyObject {
  const known = keys.get(secret);
  if (known) return known;
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'tintype identity token v1', 32)));
  keys.set(secret, key);
  return key;
}

function mac(text: string, secret: string): string {
  return createHmac('sha256', tokenKey(secret)).update(text).digest('base64url');
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
