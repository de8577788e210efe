import { setTimeout as sleep } from 'node:timers/promises';
import { type RedisHandle, withRedisTimeout } from '@tintype/redis';
import type { Log } from '@tintype/telemetry';
import { liveSessionKey, revokedSessionKey, suspendedSessionKey } from '@tintype/viewer';
import { ACCESS_TOKEN_S } from './token.rules.ts';

/**
 * What the gateway reads about sessions in Redis. Postgres has the truth, and the gateway asks for what Redis does not
 * have.
 */
export type SessionStateStore = {
  /** Lets the gateway accept access tokens of live sessions without asking. */
  noteLive(sessionIds: readonly string[]): Promise<void>;
  /**
   * Lets the gateway ask about sessions that are about to end. Call it before the commit: if the process ends after the
   * commit and before `deny`, Redis may still have them as live. If nothing is committed, the gateway asks for a while,
   * and gets the same answer. Never rejects, and is not repeated: while Redis is unavailable, the gateway asks anyway.
   *
   * @returns them, for `deny`
   */
  announceEnd(sessionIds: readonly bigint[]): Promise<string[]>;
  /**
   * Lets the gateway refuse access tokens of sessions that have already ended in Postgres. While Redis is unavailable,
   * the gateway asks. The write is repeated until it succeeds, because Redis may still have them as live.
   */
  deny(sessionIds: readonly string[]): Promise<void>;
  /**
   * Lets the gateway ask about sessions whose account is already suspended in Postgres, and about grants to apps whose
   * owner is. Repeated as well.
   */
  suspend(sessionIds: readonly string[]): Promise<void>;
  /** Tries for a few seconds to write what has not been written yet. */
  close(): Promise<void>;
};

const TIMEOUT_MS = 250;
const RETRY_MS = 1_000;
const CLOSE_RETRY_MS = 100;
/** Well within the time in which a process has to drain. */
const CLOSE_MS = 5_000;
/** The most keys whose write is repeated. */
const MAX_WAITING = 100_000;
const KEPT_S = ACCESS_TOKEN_S + 60;
/** Outlasts the marks of calls that read the account before its suspension or the end, and find its sessions live. */
const SUSPENDED_S = 2 * KEPT_S;

export function createSessionStateStore(deps: { redis: RedisHandle; log: Log }): SessionStateStore {
  const { redis, log } = deps;
  /** For each mark that is still to be written, which session it is of, and until when it has to be set. */
  const waiting = new Map<string, { sessionId: string; until: number }>();
  let timer: NodeJS.Timeout | undefined;
  let isClosing = false;

  const set = (key: string, seconds: number) =>
    withRedisTimeout(redis.client.set(redis.key(key), '1', { EX: seconds }), TIMEOUT_MS);

  /** Also deletes the mark that the session is live: if Redis evicts only this mark, the gateway asks us. */
  async function write(key: string, sessionId: string, until: number): Promise<void> {
    try {
      await Promise.all([
        set(key, Math.max(1, Math.ceil((until - Date.now()) / 1000))),
        withRedisTimeout(redis.client.del(redis.key(liveSessionKey(sessionId))), TIMEOUT_MS),
      ]);
      waiting.delete(key);
    } catch (error) {
      if (waiting.size >= MAX_WAITING || waiting.has(key)) return;
      log.warn({ error, key }, 'The state of a session could not be written to Redis. It will be retried.');
      waiting.set(key, { sessionId, until });
    }
  }

  async function writeAll(
    sessionIds: readonly string[],
    keyOf: (sessionId: string) => string,
    seconds: number,
  ): Promise<void> {
    const until = Date.now() + seconds * 1000;
    // Sent together: the client writes them to the socket at once.
    await Promise.all(sessionIds.map((sessionId) => write(keyOf(sessionId), sessionId, until)));
    planAgain();
  }

  async function writeAgain(): Promise<void> {
    for (const [key, { until }] of waiting) if (until <= Date.now()) waiting.delete(key);
    if (redis.client.isReady)
      await Promise.all([...waiting].map(([key, { sessionId, until }]) => write(key, sessionId, until)));
  }

  function planAgain(): void {
    if (waiting.size === 0 || timer || isClosing) return;
    timer = setTimeout(async () => {
      await writeAgain();
      timer = undefined;
      planAgain();
    }, RETRY_MS);
    timer.unref();
  }

  return {
    deny: (sessionIds) => writeAll(sessionIds, revokedSessionKey, KEPT_S),
    suspend: (sessionIds) => writeAll(sessionIds, suspendedSessionKey, SUSPENDED_S),
    async announceEnd(sessionIds) {
      const ending = sessionIds.map(String);
      try {
        await Promise.all(ending.map((sessionId) => set(suspendedSessionKey(sessionId), SUSPENDED_S)));
      } catch (error) {
        log.debug({ error }, 'Sessions that are about to end could not be written to Redis.');
      }
      return ending;
    },
    async close() {
      isClosing = true;
      clearTimeout(timer);
      const giveUpAt = Date.now() + CLOSE_MS;
      while (waiting.size > 0 && Date.now() < giveUpAt) {
        await writeAgain();
        if (waiting.size > 0) await sleep(CLOSE_RETRY_MS);
      }
      if (waiting.size > 0)
        log.error({ count: waiting.size }, 'The state of sessions could not be written to Redis before the end.');
    },
    async noteLive(sessionIds) {
      try {
        await Promise.all(sessionIds.map((sessionId) => set(liveSessionKey(sessionId), KEPT_S)));
      } catch (error) {
        log.debug({ error }, 'Live sessions could not be written to Redis. The gateway asks for them.');
      }
    },
  };
}
