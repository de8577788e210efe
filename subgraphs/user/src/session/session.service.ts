import { type Connection, connection, encodeCursor, type PageArgs, pageArgs, readOf } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import { counter, type Log } from '@tintype/telemetry';
import type { Viewer } from '@tintype/viewer';
import { SignJWT } from 'jose';
import type pg from 'pg';
import type { AccountPublisher } from '#account/account.publisher.ts';
import { lockState, setState } from '#account/closure.repository.ts';
import { findLiveGrants } from '#app/grant.repository.ts';
import type { Suspension } from '#sanction/sanction.model.ts';
import { findSuspension, findSuspensions, isBanned } from '#sanction/sanction.repository.ts';
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
  type Shown,
} from './session.repository.ts';
import type { SessionStateStore } from './session-state.store.ts';
import type { SigningKeyService } from './signing-key.service.ts';
import {
  ACCESS_TOKEN_S,
  decideRefresh,
  hashFamily,
  newRefreshToken,
  nextRefreshToken,
  SESSION_MS,
} from './token.rules.ts';
import { hashToken } from './token-hash.rules.ts';

/** The name of the list in its cursors. */
const CURSOR = 'sessions';

export type Tokens = { userId: bigint; accessToken: string; expiresAt: Date; refreshToken: string };

/** `reactivated`: the account was hidden and is visible again. */
export type Opened = Tokens & { reactivated: boolean };

export type SessionService = {
  /**
   * A new session of an account that was just created, or whose password or passkey was just checked. A hidden account
   * becomes visible again in the same transaction, unless it is banned.
   *
   * @returns null if the account or passkey was deleted, the password was changed, or a code is needed, in the meantime
   */
  open(userId: bigint, device: string, shown: Shown): Promise<Opened | null>;
  /**
   * Exchanges the current token of a live session. For ten seconds, repeats with the same token get the same next
   * token. Any other earlier token of the session ends it.
   *
   * @returns null if there are no tokens for this one
   */
  refresh(refreshToken: string): Promise<Tokens | null>;
  /**
   * The sessions and grants of apps among these that are live, according to Postgres, with the suspensions of their
   * accounts. Writes those without one to Redis.
   */
  live(sessionIds: readonly bigint[]): Promise<{ sessionId: bigint; suspension: Suspension | null }[]>;
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
  keys: SigningKeyService;
  publisher: AccountPublisher;
  sessionState: SessionStateStore;
  /** The platform's secret, from which refresh tokens are derived. */
  secret: string;
  log: Log;
  /** The time of a refresh, by default that of the database. For tests. */
  now?: (databaseNow: Date) => Date;
}): SessionService {
  const { pool, ids, keys, publisher, sessionState, secret, log, now = (databaseNow) => databaseNow } = deps;
  const reused = counter(
    'user_refresh_tokens_reused_total',
    'Sessions that were ended because an earlier token was used again',
    [],
  );

  const issue = async (userId: bigint, sessionId: bigint, refreshToken: string): Promise<Tokens> => {
    const { kid, key } = await keys.current();
    // The gateway asks about suspended accounts each time.
    if (!(await findSuspension(pool, userId))) await sessionState.noteLive([String(sessionId)]);
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
      const isHidden = state === 'DEACTIVATED';
      const becomesBanned = isHidden && (await isBanned(tx, session.userId));
      if (becomesBanned) await setState(tx, session.userId, 'BANNED');
      else if (isHidden) await publisher.reactivated(tx, await setState(tx, session.userId, 'ACTIVE'));
      await insertSession(tx, session);
      return isHidden && !becomesBanned;
    });

  const open: SessionService['open'] = async (userId, device, shown) => {
    const [id, refreshToken] = [ids.next(), newRefreshToken()];
    const expiresAt = new Date(Date.now() + SESSION_MS);
    const [familyHash, refreshHash] = [hashFamily(refreshToken), hashToken(refreshToken)];
    const session = { id, userId, familyHash, refreshHash, expiresAt, device, ...shown };
    const reactivated = (await insertSession(pool, session)) ? false : await reactivate(session);
    return reactivated === null ? null : { ...(await issue(userId, id, refreshToken)), reactivated };
  };

  const end = async (userId: bigint, sessionId: bigint): Promise<boolean> => {
    const ended = await transaction(pool, async (tx) =>
      sessionState.announceEnd((await revokeSession(tx, sessionId, userId)) ? [sessionId] : []),
    );
    await sessionState.deny(ended);
    return ended.length > 0;
  };

  return {
    open,
    end,
    async refresh(refreshToken) {
      const next = nextRefreshToken(refreshToken, secret);
      const [presented, nextHash] = [hashToken(refreshToken), hashToken(next)];
      const familyHash = hashFamily(refreshToken);
      const outcome = await transaction(pool, async (tx) => {
        const session = await lockSession(tx, familyHash, presented);
        if (!session) return null;
        const rotatedAt = now(session.now);
        const decision = decideRefresh(session, presented, nextHash, rotatedAt);
        if (decision === 'ROTATE')
          await rotateSession(tx, { id: session.id, familyHash, refreshHash: nextHash, rotatedAt });
        if (decision === 'REUSED') {
          await revokeSession(tx, session.id, session.userId);
          await sessionState.announceEnd([session.id]);
        }
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
    async live(sessionIds) {
      const [sessions, grants] = await Promise.all([
        findLiveSessions(pool, sessionIds),
        findLiveGrants(pool, sessionIds),
      ]);
      const found = [...sessions, ...grants];
      const suspensions = await findSuspensions(pool, [...new Set(found.map(({ userId }) => userId))]);
      const live = found.map(({ id, userId }) => ({ sessionId: id, suspension: suspensions.get(userId) ?? null }));
      const free = live.filter(({ suspension }) => suspension === null);
      await sessionState.noteLive(free.map(({ sessionId }) => String(sessionId)));
      return live;
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
      const ended = await transaction(pool, async (tx) =>
        sessionState.announceEnd(await revokeOtherSessions(tx, userId, BigInt(sessionId))),
      );
      await sessionState.deny(ended);
      return ended.length;
    },
    async logOut({ userId, sessionId }) {
      const id = BigInt(sessionId);
      const denied = await sessionState.announceEnd([id]);
      const ended = await revokeSession(pool, id, userId);
      await sessionState.deny(denied);
      return ended;
    },
  };
}
