import { afterAll, afterEach, beforeAll } from 'vitest';
import { type LiveGateway, startLiveGateway } from './live.ts';
import { type OwnRedis, startOwnRedis } from './redis.ts';

export type LiveFixture = {
  /** The file's own Redis, emptied after each test. */
  redis(): OwnRedis;
  /** A gateway that ends with its test. */
  start(options?: Omit<Parameters<typeof startLiveGateway>[0], 'redis'>): Promise<LiveGateway>;
};

/** For a file whose tests each start gateways of their own: to be called once, outside of tests. */
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
