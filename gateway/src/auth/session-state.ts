import type { RedisHandle } from '@tintype/redis';
import { withRedisTimeout } from '@tintype/redis';
import type { Log } from '@tintype/telemetry';
import { counter } from '@tintype/telemetry';
import { liveSessionKey, revokedSessionKey, type Viewer } from '@tintype/viewer';
import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import { GatewayError } from '#errors/errors.ts';
import { unauthenticated } from './authenticator.ts';

/** Which of these sessions are not live, according to Postgres. At most 200. */
export type FindEndedSessions = (sessionIds: readonly string[]) => Promise<readonly string[]>;

export type SessionState = {
  /** @throws GatewayError UNAUTHENTICATED if the session has ended, UNAVAILABLE if neither store can say */
  check(viewer: Viewer): Promise<void>;
};

type State = 'live' | 'ended';

/** After a failure, requests skip Redis for this long. */
const PAUSE_MS = 1_000;
const LOG_EVERY_MS = 10_000;
const MAX_ASKED = 200;
/** A session that has ended never becomes live again. */
const REMEMBERED = 50_000;
const REMEMBERED_MS = 20 * 60_000;

/**
 * Refuses sessions that have ended while their access tokens are still valid. Redis knows which sessions are live and
 * which have ended. If it is unavailable, was emptied or does not know a session, the gateway asks the user subgraph.
 */
export function createSessionState(options: {
  redis: RedisHandle;
  findEnded: FindEndedSessions;
  log: Log;
  timeoutMs?: number;
}): SessionState {
  const { redis, findEnded, log, timeoutMs = 250 } = options;
  const asked = counter(
    'gateway_sessions_asked_total',
    'Sessions that the user subgraph checked, because Redis did not know them',
    [],
  );
  const remembered = new LRUCache<string, true>({ max: REMEMBERED, ttl: REMEMBERED_MS });
  let pauseUntil = 0;
  let loggedAt = 0;

  const inRedis = async (sessionId: string): Promise<State | null> => {
    if (Date.now() < pauseUntil) return null;
    const keys = [revokedSessionKey(sessionId), liveSessionKey(sessionId)].map(redis.key);
    try {
      const [ended, live] = await withRedisTimeout(redis.client.mGet(keys), timeoutMs);
      return ended ? 'ended' : live ? 'live' : null;
    } catch (error) {
      pauseUntil = Date.now() + PAUSE_MS;
      if (Date.now() - loggedAt > LOG_EVERY_MS)
        log.warn({ error }, 'Redis is unavailable. Sessions are checked in Postgres.');
      loggedAt = Date.now();
      return null;
    }
  };

  // The answer is not cached or shared with later requests, because the session may end just after it was given.
  const byOwner = new DataLoader<string, State>(
    async (sessionIds) => {
      asked.inc(sessionIds.length);
      const ended = new Set(await findEnded(sessionIds));
      return sessionIds.map((id) => (ended.has(id) ? 'ended' : 'live'));
    },
    { cache: false, maxBatchSize: MAX_ASKED },
  );

  const stateOf = async (sessionId: string): Promise<State> => {
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
    async check({ sessionId }) {
      if ((await stateOf(sessionId)) === 'live') return;
      remembered.set(sessionId, true);
      throw unauthenticated('The session has ended. Log in again.');
    },
  };
}
