import { expect, test } from 'vitest';
import { isTooOld, retryAfterMs } from './retry.rules.ts';

const all = () => 1;

test('pauses double up to an hour, and end', () => {
  const waits = Array.from({ length: 10 }, (_, index) => retryAfterMs(index + 1, 0, all));
  expect(waits.slice(0, 3)).toEqual([15_000, 30_000, 60_000]);
  expect(waits.at(-2)).toBe(60 * 60_000);
  expect(waits.at(-1)).toBeNull();
});

test('pauses vary by half', () => {
  expect(retryAfterMs(1, 0, () => 0)).toBe(7_500);
});

test('the other side is asked no sooner than it said, and not after a day', () => {
  expect(retryAfterMs(1, 120_000, all)).toBe(120_000);
  expect(retryAfterMs(1, 25 * 60 * 60_000, all)).toBeNull();
});

test('what is older than a day is too old', () => {
  expect([isTooOld(0, 24 * 60 * 60_000), isTooOld(0, 24 * 60 * 60_000 + 1)]).toEqual([false, true]);
});
