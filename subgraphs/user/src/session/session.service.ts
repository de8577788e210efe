import { randomBytes } from 'node:crypto';
import { type Connection, connection, encodeCursor, type PageArgs, pageArgs, readOf } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import { counter, type Log } from '@tintype/telemetry';
import type { Viewer } from '@tintype/viewer';
import { SignJWT } from 'jose';
import type pg from 'pg';
import type { AccountPublisher } from '#account/account.publisher.ts';
import { findCredential } from '#account/account.repository.ts';
import { uniqueForm } from '#account/account.rules.ts';
import { lockState, setState } from '#account/closure.repository.ts';
import type { AttemptService } from '#attempt/attempt.service.ts';
import type { KnownDeviceService } from '#device/known-device.service.ts';
import type { CompleteLogInErrorCode, LogInErrorCode } from '#generated/graphql.ts';
import { replacePasswordHash } from '#password/credential.repository.ts';
import type { PasswordHasher } from '#password/password.hasher.ts';
import { addChallenge, findChallenge, takeChallenge } from '#second-factor/login-challenge.repository.ts';
import type { SecondFactorService } from '#second-factor/second-factor.service.ts';
import { type InputError, inputError } from '../errors.ts';
import type { SessionModel } from './session.model.ts';
import {
  findLiveSessions,
  insertSession,
  listSessions,
  lockSession,
  mayOpen,
  type NewSession,
  revokeOtherSessions,
  revokeSession,
  rotateSession,
} from './session.repository.ts';
import type { SessionStateStore } from './session-state.store.ts';
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

/** The name of the list in its cursors. */
const CURSOR = 'sessions';

export type Tokens = { userId: bigint; accessToken: string; expiresAt: Date; refreshToken: string };

/** The password was right, and a code of the second factor is needed. */
export type Challenged = { challenge: { token: string; expiresAt: Date } };

const CHALLENGE_BYTES = 32;
const CHALLENGE_MS = 5 * 60_000;

/** What was shown: the password, by the hash that it was compared with, and whether a code of the second factor. */
export type Shown = Pick<NewSession, 'passwordHash' | 'hasCode'>;

/** Who logs in: their network, if it is known, and what the client calls itself. */
export type LogInClient = { network: string | undefined; device: string };

/** `reactivated`: the account was hidden and is visible again. */
export type Opened = Tokens & { reactivated: boolean };

export type SessionService = {
  /**
   * A new session of an account that was just created, or whose password was just checked. A hidden account becomes
   * visible again in the same transaction.
   *
   * @returns null if the account was deleted, its password was changed, or a code is needed, in the meantime
   */
  open(userId: bigint, device: string, shown: Shown): Promise<Opened | null>;
  /** @returns the user error if it failed */
  logIn(
    identifier: string,
    password: string,
    client: LogInClient,
  ): Promise<Opened | Challenged | { error: InputError<LogInErrorCode> }>;
  /** @param token of the challenge */
  completeLogIn(
    token: string,
    code: string,
    network: string | undefined,
  ): Promise<Opened | { error: InputError<CompleteLogInErrorCode> }>;
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
  list(userId: bigint, args: PageArgs): Promise<Connection<SessionModel>>;
  /** Ends a session of an account. @returns whether it was live */
  end(userId: bigint, sessionId: bigint): Promise<boolean>;
  /** Ends all other sessions. @returns how many were live */
  endOthers(viewer: Viewer): Promise<number>;
};

export function createSessionService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  attempts: AttemptService;
  passwords: PasswordHasher;
  devices: KnownDeviceService;
  factors: SecondFactorService;
  keys: SigningKeyService;
  publisher: AccountPublisher;
  sessionState: SessionStateStore;
  /** The platform's secret, from which refresh tokens are derived. */
  secret: string;
  log: Log;
  /** The time of a refresh, by default that of the database. For tests. */
  now?: (databaseNow: Date) => Date;
}): SessionService {
  const {
    pool,
    ids,
    attempts,
    passwords,
    devices,
    factors,
    keys,
    publisher,
    sessionState,
    secret,
    log,
    now = (databaseNow) => databaseNow,
  } = deps;
  const reused = counter(
    'user_refresh_tokens_reused_total',
    'Sessions that were ended because an earlier token was used again',
    [],
  );

  const issue = async (userId: bigint, sessionId: bigint, refreshToken: string): Promise<Tokens> => {
    const { kid, key } = await keys.current();
    await sessionState.noteLive([String(sessionId)]);
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
      if (!(await mayOpen(tx, session))) return null;
      // Another login may have been first.
      if (state === 'DEACTIVATED') await publisher.reactivated(tx, await setState(tx, session.userId, 'ACTIVE'));
      await insertSession(tx, session);
      return state === 'DEACTIVATED';
    });

  const open: SessionService['open'] = async (userId, device, shown) => {
    const [id, refreshToken] = [ids.next(), newRefreshToken()];
    const expiresAt = new Date(Date.now() + SESSION_MS);
    const [familyHash, refreshHash] = [hashFamily(refreshToken), hashRefreshToken(refreshToken)];
    const session = { id, userId, familyHash, refreshHash, expiresAt, device, ...shown };
    const reactivated = (await insertSession(pool, session)) ? false : await reactivate(session);
    return reactivated === null ? null : { ...(await issue(userId, id, refreshToken)), reactivated };
  };

  /** Replaces a hash that was made with other parameters. @returns the hash that is stored now */
  const rehash = async (userId: bigint, password: string, before: string): Promise<string> => {
    if (!passwords.isOutdated(before)) return before;
    const after = await passwords.hash(password);
    return (await replacePasswordHash(pool, userId, before, after)) ? after : before;
  };

  /** @returns null if the password was changed in the meantime */
  const challenge = async (userId: bigint, device: string, passwordHash: string): Promise<Challenged | null> => {
    const token = randomBytes(CHALLENGE_BYTES).toString('base64url');
    const expiresAt = new Date(Date.now() + CHALLENGE_MS);
    const added = await addChallenge(pool, { hash: hashRefreshToken(token), userId, device, passwordHash, expiresAt });
    return added ? { challenge: { token, expiresAt } } : null;
  };

  const end = async (userId: bigint, sessionId: bigint): Promise<boolean> => {
    const ended = await revokeSession(pool, sessionId, userId);
    if (ended) await sessionState.deny([String(sessionId)]);
    return ended;
  };

  return {
    open,
    end,
    async logIn(identifier, password, { network, device }) {
      const credential = await findCredential(pool, identifier);
      const subject = credential ? { userId: credential.userId } : { unknown: uniqueForm(identifier) };
      const passwordHash = credential?.passwordHash ?? null;
      const error = await attempts.check({ subject, password, passwordHash, network });
      // The error must not reveal whether the account exists.
      const wrong = { error: inputError('CREDENTIALS_WRONG', 'password') };
      if (error) return error.code === 'PASSWORD_WRONG' ? wrong : { error: { ...error, code: error.code } };
      const { userId } = credential!;
      const current = await rehash(userId, password, passwordHash!);
      if (await factors.isEnabled(userId)) return (await challenge(userId, device, current)) ?? wrong;
      const opened = await open(userId, device, { passwordHash: current, hasCode: false });
      if (opened) await devices.note(userId, { network, device });
      return opened ?? wrong;
    },
    async completeLogIn(token, code, network) {
      const hash = hashRefreshToken(token);
      const found = await findChallenge(pool, hash);
      const invalid = { error: inputError('CHALLENGE_INVALID', 'challenge') };
      if (!found) return invalid;
      const { userId, device, passwordHash } = found;
      const error = await factors.verify(userId, code);
      if (error) return { error };
      const opened = (await takeChallenge(pool, hash))
        ? await open(userId, device, { passwordHash, hasCode: true })
        : null;
      if (!opened) return invalid;
      await attempts.know(userId, network);
      await devices.note(userId, { network, device });
      return opened;
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
        await sessionState.deny([sessionId]);
      }
      return null;
    },
    async ended(sessionIds) {
      const live = new Set(await findLiveSessions(pool, sessionIds));
      await sessionState.noteLive([...live].map(String));
      return sessionIds.filter((id) => !live.has(id));
    },
    async list(userId, args) {
      const page = pageArgs(args, `${CURSOR}:${userId}`, 1);
      const rows = await listSessions(pool, userId, readOf(page));
      return connection(
        rows,
        page,
        (row) => row,
        ({ id }) => encodeCursor(page.kind, [id]),
      );
    },
    async endOthers({ userId, sessionId }) {
      const ended = await revokeOtherSessions(pool, userId, BigInt(sessionId));
      await sessionState.deny(ended.map(String));
      return ended.length;
    },
    async logOut({ userId, sessionId }) {
      const ended = await revokeSession(pool, BigInt(sessionId), userId);
      await sessionState.deny([sessionId]);
      return ended;
    },
  };
}
