import type { RedisHandle } from '@tintype/redis';
import { withRedisTimeout } from '@tintype/redis';
import type { Log } from '@tintype/telemetry';
import { counter } from '@tintype/telemetry';
import { liveSessionKey, revokedSessionKey, suspendedSessionKey, type Viewer } from '@tintype/viewer';
import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import { GatewayError } from '#errors/errors.ts';
import { unauthenticated } from './authenticator.ts';

/** Until when a person can use little of the graph. Null: for good. */
export type Suspension = { until: Date | null };

/** Suspended: it is live, and the account is suspended. */
export type SessionStatus = 'live' | 'ended' | Suspension;

/** The statuses of these sessions, in their order, according to Postgres. At most 200. */
export type FindSessionStatuses = (sessionIds: readonly string[]) => Promise<readonly SessionStatus[]>;

export type SessionState = {
  /**
   * @returns the suspension of the account, or null
   * @throws GatewayError UNAUTHENTICATED if the session has ended, UNAVAILABLE if neither store can say
   */
  check(viewer: Viewer): Promise<Suspension | null>;
};

/** After a failure, requests skip Redis for this long. */
const PAUSE_MS = 1_000;
const LOG_EVERY_MS = 10_000;
const MAX_ASKED = 200;
/** A session that has ended never becomes live again. A grant does when the suspension of its app's owner is over. */
const REMEMBERED = 50_000;
const REMEMBERED_MS = 20 * 60_000;

/**
 * Refuses sessions that have ended while their access tokens are still valid. Redis knows which sessions are live and
 * which have ended. If it is unavailable, was emptied or does not know a session, the gateway asks the user subgraph.
 * It also asks about sessions of accounts that were suspended lately, because a suspension ends by itself.
 */
export function createSessionState(options: {
  redis: RedisHandle;
  findStatuses: FindSessionStatuses;
  log: Log;
  timeoutMs?: number;
}): SessionState {
  const { redis, findStatuses, log, timeoutMs = 250 } = options;
  const asked = counter(
    'gateway_sessions_asked_total',
    'Sessions that the user subgraph checked, because Redis did not know them',
    [],
  );
  const remembered = new LRUCache<string, true>({ max: REMEMBERED, ttl: REMEMBERED_MS });
  let pauseUntil = 0;
  let loggedAt = 0;

  const inRedis = async (sessionId: string): Promise<'live' | 'ended' | null> => {
    if (Date.now() < pauseUntil) return null;
    const keys = [revokedSessionKey, suspendedSessionKey, liveSessionKey].map((keyOf) => redis.key(keyOf(sessionId)));
    try {
      const [ended, suspended, live] = await withRedisTimeout(redis.client.mGet(keys), timeoutMs);
      if (ended) return 'ended';
      return live && !suspended ? 'live' : null;
    } catch (error) {
      pauseUntil = Date.now() + PAUSE_MS;
      if (Date.now() - loggedAt > LOG_EVERY_MS)
        log.warn({ error }, 'Redis is unavailable. Sessions are checked in Postgres.');
      loggedAt = Date.now();
      return null;
    }
  };

  // The answer is not cached or shared with later requests, because the session may end just after it was given.
  const byOwner = new DataLoader<string, SessionStatus>(
    async (sessionIds) => {
      asked.inc(sessionIds.length);
      return findStatuses(sessionIds);
    },
    { cache: false, maxBatchSize: MAX_ASKED },
  );

  const statusOf = async (sessionId: string): Promise<SessionStatus> => {
    if (remembered.has(sessionId)) return 'ended';
    const known = await inRedis(sessionId);
    if (known) return known;
    try {
      return await byOwner.load(sessionId);
    } catch (error) {
      log.warn({ error }, 'A session could not be checked.');
      throw new GatewayError('UNAVAILABLE', 'Sessions cannot be checked at the moment.');
    }
  };

  return {
    async check({ sessionId, scopes }) {
      const status = await statusOf(sessionId);
      if (status === 'live') return null;
      if (status !== 'ended') return status;
      if (!scopes) remembered.set(sessionId, true);
      throw unauthenticated('The session has ended. Log in again.');
    },
  };
}
