import { expect, test } from 'vitest';
import { isTooOld, retryAfterMs } from './retry.rules.ts';

const all = () => 1;

test('doubles pauses up to an hour, then gives up', () => {
  const delays = Array.from({ length: 10 }, (_, index) => retryAfterMs(index + 1, 0, all));
  expect(delays.slice(0, 3)).toEqual([15_000, 30_000, 60_000]);
  expect(delays.at(-2)).toBe(60 * 60_000);
  expect(delays.at(-1)).toBeNull();
});

test('varies pauses by half', () => {
  expect(retryAfterMs(1, 0, () => 0)).toBe(7_500);
});

test('waits as long as the other side asks, but at most a day', () => {
  expect(retryAfterMs(1, 120_000, all)).toBe(120_000);
  expect(retryAfterMs(1, 25 * 60 * 60_000, all)).toBeNull();
});

test('treats messages older than a day as too old', () => {
  expect([isTooOld(0, 24 * 60 * 60_000), isTooOld(0, 24 * 60 * 60_000 + 1)]).toEqual([false, true]);
});
