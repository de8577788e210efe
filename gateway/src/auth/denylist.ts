import type { RedisHandle } from '@tintype/redis';
import { inTime } from '@tintype/redis';
import type { Log } from '@tintype/telemetry';
import { counter } from '@tintype/telemetry';
import { revokedSessionKey, type Viewer } from '@tintype/viewer';
import { unauthenticated } from './authenticator.ts';

export type Denylist = {
  /** @throws GatewayError UNAUTHENTICATED where the session was ended */
  check(viewer: Viewer): Promise<void>;
};

/** After a failure the next requests do not wait for Redis again. */
const PAUSE_MS = 1_000;
const LOG_EVERY_MS = 10_000;

/**
 * Sessions that were ended while their access tokens are still in their time. Open while Redis is away: tokens are short, and
 * the alternative is to let nobody in.
 */
export function createDenylist(options: { redis: RedisHandle; log: Log; timeoutMs?: number }): Denylist {
  const { redis, log, timeoutMs = 250 } = options;
  const skipped = counter('gateway_denylist_skips_total', 'Sessions let in without a look at the denylist', []);
  let skipUntil = 0;
  let loggedAt = 0;

  const isRevoked = async (sessionId: string): Promise<boolean> => {
    if (Date.now() < skipUntil) {
      skipped.inc();
      return false;
    }
    try {
      return (await inTime(redis.client.exists(redis.key(revokedSessionKey(sessionId))), timeoutMs)) > 0;
    } catch (error) {
      skipped.inc();
      skipUntil = Date.now() + PAUSE_MS;
      if (Date.now() - loggedAt > LOG_EVERY_MS)
        log.warn({ error }, 'ended sessions are not refused: Redis does not answer');
      loggedAt = Date.now();
      return false;
    }
  };

  return {
    async check({ sessionId }) {
      if (await isRevoked(sessionId)) throw unauthenticated('The session has ended. Log in again.');
    },
  };
}
