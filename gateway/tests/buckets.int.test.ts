import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucketKey } from '#limits/bucket.keys.ts';
import { type BucketStore, createLocalBuckets, createRedisBuckets } from '#limits/bucket.store.ts';
import { type OwnRedis, startOwnRedis } from './stub/redis.ts';

let redis: OwnRedis;
beforeAll(async () => {
  redis = await startOwnRedis();
});
afterAll(() => redis?.close());

const stores: [string, () => BucketStore][] = [
  ['in Redis', () => createRedisBuckets(redis.handle)],
  ['in the process', () => createLocalBuckets()],
];

describe.each(stores)('a token bucket %s', (where, create) => {
  // Slow, so that less than a token is added between two calls.
  const rate = { perSecond: 0.5, burst: 10 };
  const name = (text: string) => `${where}-${text}`.replaceAll(' ', '-');

  it('gives what it holds, then the time to wait', async () => {
    const store = create();
    const take = (tokens: number) => store.take({ bucket: name('a'), rate, tokens });
    expect([await take(4), await take(6)]).toEqual([0, 0]);
    const wait = await take(2);
    expect(wait).toBeGreaterThan(3_000);
    expect(wait).toBeLessThanOrEqual(4_000);
    // A refused request takes no tokens.
    expect(await take(2)).toBeLessThanOrEqual(wait);
  });

  it('never gives more than it holds to requests at once', async () => {
    const store = create();
    const takes = Array.from({ length: 50 }, () => store.take({ bucket: name('b'), rate, tokens: 1 }));
    expect((await Promise.all(takes)).filter((wait) => wait === 0)).toHaveLength(10);
  });

  it('gives all it holds for what costs more', async () => {
    const store = create();
    expect(await store.take({ bucket: name('c'), rate, tokens: 99 })).toBe(0);
    expect(await store.take({ bucket: name('c'), rate, tokens: 99 })).toBeGreaterThan(19_000);
  });

  it('fills up', async () => {
    const store = create();
    const fast = { perSecond: 50, burst: 1 };
    const take = () => store.take({ bucket: name('d'), rate: fast, tokens: 1 });
    expect(await take()).toBe(0);
    await expect.poll(take, { interval: 10 }).toBe(0);
  });
});

describe('a token bucket in Redis', () => {
  it('expires when it is full, and survives the loss of the script', async () => {
    const store = createRedisBuckets(redis.handle);
    const take = { bucket: 'e', rate: { perSecond: 10, burst: 10 }, tokens: 5 };
    expect(await store.take(take)).toBe(0);
    const ttl = await redis.handle.client.pTTL(redis.handle.key(bucketKey('e')));
    expect(ttl).toBeGreaterThan(100);
    expect(ttl).toBeLessThanOrEqual(500);
    await redis.handle.client.scriptFlush();
    expect(await store.take(take)).toBe(0);
  });
});
