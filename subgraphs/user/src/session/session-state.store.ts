import { type RedisHandle, withRedisTimeout } from '@tintype/redis';
import type { Log } from '@tintype/telemetry';
import { liveSessionKey, revokedSessionKey } from '@tintype/viewer';
import { ACCESS_TOKEN_S } from './token.rules.ts';

/**
 * What the gateway reads about sessions in Redis. Postgres has the truth, and the gateway asks for what Redis does not
 * have.
 */
export type SessionStateStore = {
  /** Lets the gateway accept access tokens of live sessions without asking. */
  noteLive(sessionIds: readonly string[]): Promise<void>;
  /**
   * Lets the gateway refuse access tokens of sessions that have already ended in Postgres. While Redis is unavailable,
   * the gateway asks. The write is repeated until it succeeds, because Redis may still have them as live.
   */
  deny(sessionIds: readonly string[]): Promise<void>;
};

const TIMEOUT_MS = 250;
const RETRY_MS = 1_000;
/** The most ended sessions whose write is repeated. */
const MAX_WAITING = 100_000;
const KEPT_S = ACCESS_TOKEN_S + 60;

export function createSessionStateStore(deps: { redis: RedisHandle; log: Log }): SessionStateStore {
  const { redis, log } = deps;
  /** When no access token of the session can be valid any more. */
  const waiting = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  const set = (key: string) => withRedisTimeout(redis.client.set(redis.key(key), '1', { EX: KEPT_S }), TIMEOUT_MS);

  async function denyOne(sessionId: string): Promise<void> {
    try {
      await set(revokedSessionKey(sessionId));
      waiting.delete(sessionId);
    } catch (error) {
      if (waiting.size >= MAX_WAITING || waiting.has(sessionId)) return;
      log.warn({ error, sessionId }, 'The end of a session could not be written to Redis. It will be retried.');
      waiting.set(sessionId, Date.now() + KEPT_S * 1000);
    }
  }

  async function denyAgain(): Promise<void> {
    for (const [sessionId, until] of waiting) if (until <= Date.now()) waiting.delete(sessionId);
    if (redis.client.isReady) await Promise.all([...waiting.keys()].map(denyOne));
    timer = undefined;
    planAgain();
  }

  function planAgain(): void {
    if (waiting.size === 0 || timer) return;
    timer = setTimeout(() => void denyAgain(), RETRY_MS);
    timer.unref();
  }

  return {
    // Sent together: the client writes them to the socket at once.
    async deny(sessionIds) {
      await Promise.all(sessionIds.map(denyOne));
      planAgain();
    },
    async noteLive(sessionIds) {
      try {
        await Promise.all(sessionIds.map((sessionId) => set(liveSessionKey(sessionId))));
      } catch (error) {
        log.debug({ error }, 'Live sessions could not be written to Redis. The gateway asks for them.');
      }
    },
  };
}
