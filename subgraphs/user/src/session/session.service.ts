import type { IdGenerator } from '@tintype/ids';
import type { RedisHandle } from '@tintype/redis';
import type { Log } from '@tintype/telemetry';
import { revokedSessionKey, type Viewer } from '@tintype/viewer';
import { SignJWT } from 'jose';
import type pg from 'pg';
import { findCredential } from '#account/account.repository.ts';
import type { PasswordHasher } from './password.ts';
import { insertSession, revokeReused, revokeSession, rotateSession } from './session.repository.ts';
import type { SigningKeyService } from './signing-key.service.ts';
import { ACCESS_TOKEN_S, hashRefreshToken, newRefreshToken, REUSE_GRACE_MS, SESSION_MS } from './token.rules.ts';

export type Tokens = { userId: bigint; accessToken: string; expiresAt: Date; refreshToken: string };

export type SessionService = {
  /** A new session of an account that was just opened or whose password was just compared. */
  open(userId: bigint): Promise<Tokens>;
  /** @returns null where no account has this identifier and password */
  logIn(identifier: string, password: string): Promise<Tokens | null>;
  /** @returns null where the token is not the current one of a live session; a reused one ends its session */
  refresh(refreshToken: string): Promise<Tokens | null>;
  /** @returns whether a session was ended */
  logOut(viewer: Viewer): Promise<boolean>;
};

export function createSessionService(deps: {
  pool: pg.Pool;
  redis: RedisHandle;
  ids: IdGenerator;
  passwords: PasswordHasher;
  keys: SigningKeyService;
  log: Log;
}): SessionService {
  const { pool, redis, ids, passwords, keys, log } = deps;

  const issue = async (userId: bigint, sessionId: bigint, refreshToken: string): Promise<Tokens> => {
    const { kid, key } = await keys.current();
    const expiresAt = new Date((Math.floor(Date.now() / 1000) + ACCESS_TOKEN_S) * 1000);
    const accessToken = await new SignJWT({ sid: String(sessionId) })
      .setProtectedHeader({ alg: 'EdDSA', kid })
      .setIssuer('tintype')
      .setAudience('tintype')
      .setSubject(String(userId))
      .setIssuedAt()
      .setExpirationTime(expiresAt)
      .sign(key);
    return { userId, accessToken, expiresAt, refreshToken };
  };

  const open = async (userId: bigint): Promise<Tokens> => {
    const [id, refreshToken] = [ids.next(), newRefreshToken()];
    const expiresAt = new Date(Date.now() + SESSION_MS);
    await insertSession(pool, { id, userId, refreshHash: hashRefreshToken(refreshToken), expiresAt });
    return issue(userId, id, refreshToken);
  };

  /** Postgres has ended the session already; the denylist only closes the minutes that access tokens have left. */
  const deny = async (sessionId: string): Promise<void> => {
    try {
      await redis.client.set(redis.key(revokedSessionKey(sessionId)), '1', { EX: ACCESS_TOKEN_S + 60 });
    } catch (error) {
      log.error({ error, sessionId }, 'the access tokens of an ended session stay valid until they end');
    }
  };

  return {
    open,
    async logIn(identifier, password) {
      const credential = await findCredential(pool, identifier);
      const matches = await passwords.matches(password, credential?.passwordHash ?? null);
      return credential && matches ? open(credential.userId) : null;
    },
    async refresh(refreshToken) {
      const next = newRefreshToken();
      const hash = hashRefreshToken(refreshToken);
      const session = await rotateSession(pool, hash, hashRefreshToken(next));
      if (session) return issue(session.userId, session.id, next);
      const reused = await revokeReused(pool, hash, REUSE_GRACE_MS);
      if (reused !== null) {
        log.warn({ sessionId: String(reused) }, 'a used refresh token came again: its session is ended');
        await deny(String(reused));
      }
      return null;
    },
    async logOut({ userId, sessionId }) {
      const ended = await revokeSession(pool, BigInt(sessionId), userId);
      await deny(sessionId);
      return ended;
    },
  };
}
