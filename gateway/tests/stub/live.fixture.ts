import { afterAll, afterEach, beforeAll } from 'vitest';
import { type LiveGateway, startLiveGateway } from './live.ts';
import { type OwnRedis, startOwnRedis } from './redis.ts';

export type LiveFixture = {
  /** The Redis of this test file, emptied after each test. */
  redis(): OwnRedis;
  /** Starts a gateway that is closed after the test. */
  start(options?: Omit<Parameters<typeof startLiveGateway>[0], 'redis'>): Promise<LiveGateway>;
};

/** For files whose tests start their own gateways. Call it once, outside of tests. */
export function setUpLiveFixture(): LiveFixture {
  let redis: OwnRedis | undefined;
  const opened: LiveGateway[] = [];
  beforeAll(async () => {
    redis = await startOwnRedis();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((gateway) => gateway.close()));
    await redis!.handle.client.flushAll();
  });
  afterAll(() => redis?.close());
  return {
    redis: () => redis!,
    async start(options = {}) {
      const gateway = await startLiveGateway({ redis: redis!, ...options });
      opened.push(gateway);
      return gateway;
    },
  };
}
