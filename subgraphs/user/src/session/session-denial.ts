import type { RedisHandle } from '@tintype/redis';
import type { Log } from '@tintype/telemetry';
import { revokedSessionKey } from '@tintype/viewer';
import { ACCESS_TOKEN_S } from './token.rules.ts';

export type SessionDenial = {
  /**
   * Lets the gateway refuse the access tokens of sessions that Postgres has ended already: this only closes the minutes that the tokens
   * have left. Where Redis does not answer it is logged, and they stay valid until they end.
   */
  deny(sessionIds: readonly string[]): Promise<void>;
};

export function createSessionDenial(deps: { redis: RedisHandle; log: Log }): SessionDenial {
  const { redis, log } = deps;
  const denyOne = async (sessionId: string): Promise<void> => {
    try {
      await redis.client.set(redis.key(revokedSessionKey(sessionId)), '1', { EX: ACCESS_TOKEN_S + 60 });
    } catch (error) {
      log.error({ error, sessionId }, 'the access tokens of an ended session stay valid until they end');
    }
  };
  return {
    // Sent together: the client writes them in one go.
    deny: async (sessionIds) => void (await Promise.all(sessionIds.map(denyOne))),
  };
}
