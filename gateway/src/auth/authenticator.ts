import type { Log } from '@tintype/telemetry';
import type { Viewer } from '@tintype/viewer';
import { errors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { GatewayError } from '#errors/errors.ts';
import type { KeySet } from './key-set.ts';

/** The viewer of an access token, and when it expires, in milliseconds since the epoch. */
export type Authenticated = { viewer: Viewer; expiresAt: number };

export type Authenticator = {
  /**
   * The viewer of the access token in an Authorization header, or null without a header. Does not check whether the
   * session has ended: see `createSessionState`.
   *
   * @param payForLookup takes the tokens of a client whose access token has to be looked up, before that happens. If it
   * rejects, nothing is looked up, and the error is passed on
   * @throws GatewayError UNAUTHENTICATED, UNAVAILABLE
   */
  authenticate(authorization: string | undefined, payForLookup: () => Promise<void>): Promise<Authenticated | null>;
};

/** A verified token is not verified again for a while, because clients send the same one for minutes. */
const VERIFIED_TOKENS = 10_000;
const VERIFIED_MS = 60_000;
const MAX_TOKEN_LENGTH = 4_096;
/** The form of an app's access token. The user subgraph is not asked about anything else. */
const APP_TOKEN = /^[\w-]{43}$/;

/** What an access token of an app stands for; null if it is not valid. */
export type FindAppAccess = (token: string) => Promise<Authenticated | null>;

/**
 * Verifies access tokens. Those of sessions are JWTs signed with Ed25519, issued by and for this platform: `sub` is the
 * account, `sid` the session. Those of apps mean nothing by themselves, and the user subgraph is asked what they stand
 * for.
 */
export function createAuthenticator(options: {
  keys: KeySet;
  findAppAccess: FindAppAccess;
  log: Log;
  now?: () => number;
}): Authenticator {
  const { keys, findAppAccess, log, now = Date.now } = options;
  const verified = new LRUCache<string, Authenticated>({
    max: VERIFIED_TOKENS,
    ttl: VERIFIED_MS,
  });

  const verify = async (token: string): Promise<Authenticated> => {
    const { payload } = await jwtVerify(token, keys.verificationKey, {
      algorithms: ['EdDSA', 'Ed25519'],
      issuer: 'tintype',
      audience: 'tintype',
      requiredClaims: ['sub', 'sid', 'exp'],
      currentDate: new Date(now()),
    });
    const { sub, sid, exp } = payload;
    if (!sub || !/^[1-9][0-9]{0,18}$/.test(sub) || typeof sid !== 'string') throw invalid();
    return { viewer: { userId: BigInt(sub), sessionId: sid }, expiresAt: exp! * 1000 };
  };

  const findApp = async (token: string): Promise<Authenticated> => {
    const found = await findAppAccess(token).catch((error: unknown) => {
      log.warn({ error }, 'The access token of an app could not be checked.');
      throw new GatewayError('UNAVAILABLE', 'Tokens cannot be checked at the moment.');
    });
    if (!found) throw invalid();
    return found;
  };

  return {
    async authenticate(authorization, payForLookup) {
      if (authorization === undefined) return null;
      const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
      if (!token || token.length > MAX_TOKEN_LENGTH) throw invalid();
      const known = verified.get(token);
      if (known && known.expiresAt > now()) return known;
      try {
        const fresh = await (APP_TOKEN.test(token) ? payForLookup().then(() => findApp(token)) : verify(token));
        verified.set(token, fresh);
        return fresh;
      } catch (error) {
        if (error instanceof GatewayError) throw error;
        if (error instanceof errors.JWTExpired) throw unauthenticated('The access token expired. Refresh the session.');
        throw invalid();
      }
    },
  };
}

/** 401 with the challenge that RFC 6750 requires. */
export function unauthenticated(message: string): GatewayError {
  const challenge = `Bearer realm="tintype", error="invalid_token", error_description="${message}"`;
  return new GatewayError('UNAUTHENTICATED', message, { 'www-authenticate': challenge });
}

/** 403 with the challenge that RFC 6750 requires. */
export function insufficientScope(scope: string, message: string): GatewayError {
  const challenge = `Bearer realm="tintype", error="insufficient_scope", scope="${scope}"`;
  return new GatewayError('INSUFFICIENT_SCOPE', message, { 'www-authenticate': challenge });
}

export function isUnauthenticated(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'UNAUTHENTICATED';
}

function invalid(): GatewayError {
  return unauthenticated('The access token is invalid.');
}
