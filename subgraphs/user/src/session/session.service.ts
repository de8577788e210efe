import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type { Log } from '@tintype/telemetry';
import type { Viewer } from '@tintype/viewer';
import { SignJWT } from 'jose';
import type pg from 'pg';
import type { AccountPublisher } from '#account/account.publisher.ts';
import { findCredential } from '#account/account.repository.ts';
import { lockState, setState } from '#account/closure.repository.ts';
import type { PasswordHasher } from './password.ts';
import { insertSession, type NewSession, revokeReused, revokeSession, rotateSession } from './session.repository.ts';
import type { SessionDenial } from './session-denial.ts';
import type { SigningKeyService } from './signing-key.service.ts';
import { ACCESS_TOKEN_S, hashRefreshToken, newRefreshToken, REUSE_GRACE_MS, SESSION_MS } from './token.rules.ts';

export type Tokens = { userId: bigint; accessToken: string; expiresAt: Date; refreshToken: string };

/** `reactivated`: the account was hidden, and is not any more. */
export type Opened = Tokens & { reactivated: boolean };

export type SessionService = {
  /**
   * A new session of an account that was just opened or whose password was just compared. One that is hidden is shown again, in the
   * same transaction.
   *
   * @returns null where it was deleted meanwhile
   */
  open(userId: bigint): Promise<Opened | null>;
  /** @returns null where no account has this identifier and password */
  logIn(identifier: string, password: string): Promise<Opened | null>;
  /** @returns null where the token is not the current one of a live session; a reused one ends its session */
  refresh(refreshToken: string): Promise<Tokens | null>;
  /** @returns whether a session was ended */
  logOut(viewer: Viewer): Promise<boolean>;
};

export function createSessionService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  passwords: PasswordHasher;
  keys: SigningKeyService;
  publisher: AccountPublisher;
  denial: SessionDenial;
  log: Log;
}): SessionService {
  const { pool, ids, passwords, keys, publisher, denial, log } = deps;

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

  /** For an account that is not active. @returns whether it was hidden; null where there is none */
  const reactivate = (session: NewSession): Promise<boolean | null> =>
    transaction(pool, async (tx) => {
      const state = await lockState(tx, session.userId);
      if (state === null || state === 'DELETED') return null;
      // Another log-in may have been faster.
      if (state === 'DEACTIVATED') await publisher.reactivated(tx, await setState(tx, session.userId, 'ACTIVE'));
      await insertSession(tx, session);
      return state === 'DEACTIVATED';
    });

  const open = async (userId: bigint): Promise<Opened | null> => {
    const [id, refreshToken] = [ids.next(), newRefreshToken()];
    const expiresAt = new Date(Date.now() + SESSION_MS);
    const session = { id, userId, refreshHash: hashRefreshToken(refreshToken), expiresAt };
    const reactivated = (await insertSession(pool, session)) ? false : await reactivate(session);
    return reactivated === null ? null : { ...(await issue(userId, id, refreshToken)), reactivated };
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
        await denial.deny([String(reused)]);
      }
      return null;
    },
    async logOut({ userId, sessionId }) {
      const ended = await revokeSession(pool, BigInt(sessionId), userId);
      await denial.deny([sessionId]);
      return ended;
    },
  };
}
