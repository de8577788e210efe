import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import { counter, type Log } from '@tintype/telemetry';
import type { Viewer } from '@tintype/viewer';
import { SignJWT } from 'jose';
import type pg from 'pg';
import type { AccountPublisher } from '#account/account.publisher.ts';
import { findCredential } from '#account/account.repository.ts';
import { keyOf } from '#account/account.rules.ts';
import { lockState, setState } from '#account/closure.repository.ts';
import type { AttemptService } from '#attempt/attempt.service.ts';
import type { LogInErrorCode } from '#generated/graphql.ts';
import { type InputError, inputError } from '../errors.ts';
import {
  findLiveSessions,
  insertSession,
  lockSession,
  type NewSession,
  revokeSession,
  rotateSession,
} from './session.repository.ts';
import type { SessionDenial } from './session-denial.ts';
import type { SigningKeyService } from './signing-key.service.ts';
import {
  ACCESS_TOKEN_S,
  decideRefresh,
  hashFamily,
  hashRefreshToken,
  newRefreshToken,
  nextRefreshToken,
  SESSION_MS,
} from './token.rules.ts';

export type Tokens = { userId: bigint; accessToken: string; expiresAt: Date; refreshToken: string };

/** `reactivated`: the account was hidden and is visible again. */
export type Opened = Tokens & { reactivated: boolean };

export type SessionService = {
  /**
   * A new session of an account that was just created, or whose password was just checked. A hidden account becomes
   * visible again in the same transaction.
   *
   * @returns null if the account was deleted in the meantime
   */
  open(userId: bigint): Promise<Opened | null>;
  /**
   * @param network of the client, if it is known
   * @returns the user error if it failed
   */
  logIn(
    identifier: string,
    password: string,
    network: string | undefined,
  ): Promise<Opened | { error: InputError<LogInErrorCode> }>;
  /**
   * Exchanges the current token of a live session. For ten seconds, repeats with the same token get the same next
   * token. Any other earlier token of the session ends it.
   *
   * @returns null if there are no tokens for this one
   */
  refresh(refreshToken: string): Promise<Tokens | null>;
  /** Those that have ended, according to Postgres. Writes the live ones to Redis. */
  ended(sessionIds: readonly bigint[]): Promise<bigint[]>;
  /** @returns whether a session was ended */
  logOut(viewer: Viewer): Promise<boolean>;
};

export function createSessionService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  attempts: AttemptService;
  keys: SigningKeyService;
  publisher: AccountPublisher;
  denial: SessionDenial;
  /** The platform's secret, from which refresh tokens are derived. */
  secret: string;
  log: Log;
  /** The time of a refresh, by default that of the database. For tests. */
  now?: (databaseNow: Date) => Date;
}): SessionService {
  const { pool, ids, attempts, keys, publisher, denial, secret, log, now = (databaseNow) => databaseNow } = deps;
  const reused = counter(
    'user_refresh_tokens_reused_total',
    'Sessions that were ended because an earlier token was used again',
    [],
  );

  const issue = async (userId: bigint, sessionId: bigint, refreshToken: string): Promise<Tokens> => {
    const { kid, key } = await keys.current();
    await denial.noteLive([String(sessionId)]);
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

  /** For an account that is not active. @returns whether it was hidden; null if there is none */
  const reactivate = (session: NewSession): Promise<boolean | null> =>
    transaction(pool, async (tx) => {
      const state = await lockState(tx, session.userId);
      if (state === null || state === 'DELETED') return null;
      // Another login may have been first.
      if (state === 'DEACTIVATED') await publisher.reactivated(tx, await setState(tx, session.userId, 'ACTIVE'));
      await insertSession(tx, session);
      return state === 'DEACTIVATED';
    });

  const open = async (userId: bigint): Promise<Opened | null> => {
    const [id, refreshToken] = [ids.next(), newRefreshToken()];
    const expiresAt = new Date(Date.now() + SESSION_MS);
    const [familyHash, refreshHash] = [hashFamily(refreshToken), hashRefreshToken(refreshToken)];
    const session = { id, userId, familyHash, refreshHash, expiresAt };
    const reactivated = (await insertSession(pool, session)) ? false : await reactivate(session);
    return reactivated === null ? null : { ...(await issue(userId, id, refreshToken)), reactivated };
  };

  return {
    open,
    async logIn(identifier, password, network) {
      const credential = await findCredential(pool, identifier);
      const subject = credential ? { userId: credential.userId } : { unknown: keyOf(identifier) };
      const passwordHash = credential?.passwordHash ?? null;
      const error = await attempts.check({ subject, password, passwordHash, network });
      // The error must not reveal whether the account exists.
      const wrong = { error: inputError('CREDENTIALS_WRONG', 'password') };
      if (error) return error.code === 'PASSWORD_WRONG' ? wrong : { error: { ...error, code: error.code } };
      return (await open(credential!.userId)) ?? wrong;
    },
    async refresh(refreshToken) {
      const next = nextRefreshToken(refreshToken, secret);
      const [presented, nextHash] = [hashRefreshToken(refreshToken), hashRefreshToken(next)];
      const familyHash = hashFamily(refreshToken);
      const outcome = await transaction(pool, async (tx) => {
        const session = await lockSession(tx, familyHash, presented);
        if (!session) return null;
        const rotatedAt = now(session.now);
        const decision = decideRefresh(session, presented, nextHash, rotatedAt);
        if (decision === 'ROTATE')
          await rotateSession(tx, { id: session.id, familyHash, refreshHash: nextHash, rotatedAt });
        if (decision === 'REUSED') await revokeSession(tx, session.id, session.userId);
        return { session, decision };
      });
      if (outcome?.decision === 'ROTATE' || outcome?.decision === 'REPEAT')
        return issue(outcome.session.userId, outcome.session.id, next);
      if (outcome?.decision === 'REUSED') {
        const sessionId = String(outcome.session.id);
        reused.inc();
        log.warn({ sessionId }, 'An earlier refresh token was used again. Its session was ended.');
        await denial.deny([sessionId]);
      }
      return null;
    },
    async ended(sessionIds) {
      const live = new Set(await findLiveSessions(pool, sessionIds));
      await denial.noteLive([...live].map(String));
      return sessionIds.filter((id) => !live.has(id));
    },
    async logOut({ userId, sessionId }) {
      const ended = await revokeSession(pool, BigInt(sessionId), userId);
      await denial.deny([sessionId]);
      return ended;
    },
  };
}
