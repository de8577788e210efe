import { describe, expect, it } from 'vitest';
import { networkOf } from './address.rules.ts';
import { createLocalBuckets } from './bucket.store.ts';
import { tokensFor } from './charge.rules.ts';

const rate = { perSecond: 10, burst: 5 };

describe('a token bucket', () => {
  it('gives its burst at once, then one token at a time', () => {
    let now = 1_000_000;
    const buckets = createLocalBuckets(() => now);
    const take = (tokens = 1, bucket = 'a') => buckets.take({ bucket, rate, tokens });
    expect([take(), take(), take(), take(), take()]).toEqual([0, 0, 0, 0, 0]);
    expect(take()).toBe(100);
    expect(take(3)).toBe(300);
    expect(take(1, 'b')).toBe(0);
    now += 100;
    expect(take()).toBe(0);
    expect(take()).toBe(100);
    now += 60_000;
    expect(take(5)).toBe(0);
  });

  it('gives all it holds for what costs more than it holds', () => {
    const buckets = createLocalBuckets(() => 0);
    expect(buckets.take({ bucket: 'a', rate, tokens: 50 })).toBe(0);
    expect(buckets.take({ bucket: 'a', rate, tokens: 50 })).toBe(500);
  });
});

describe('tokens', () => {
  it('are more for large answers, for long documents and for mutations', () => {
    expect(tokensFor({ isMutation: false, rootFields: 1, size: 9 }, 1)).toBe(1);
    expect(tokensFor({ isMutation: false, rootFields: 3, size: 9 }, 8_464)).toBe(3);
    expect(tokensFor({ isMutation: false, rootFields: 1, size: 950 }, 1)).toBe(19);
    expect(tokensFor({ isMutation: true, rootFields: 1, size: 9 }, 1)).toBe(5);
    expect(tokensFor({ isMutation: true, rootFields: 4, size: 9 }, 4)).toBe(20);
    expect(tokensFor(undefined, 0)).toBe(1);
  });
});

describe('the network of an address', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['::1', '::/64'],
    ['64:ff9b::192.0.2.33', '64:ff9b::/64'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
