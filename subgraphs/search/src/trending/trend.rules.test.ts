import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rankTrends, TREND_WINDOWS, trendScore, valueAt, WINDOWS } from './trend.rules.ts';

const window = fc.constantFrom(...TREND_WINDOWS);
const worth = fc.double({ min: 0, max: 1e6, noNaN: true });

describe('a counter', () => {
  test('is worth half as much after each half-life', () => {
    expect([0, 10, 20, 30].map((nowMs) => valueAt({ value: 8, atMs: 0 }, 10, nowMs))).toEqual([8, 4, 2, 1]);
  });

  test('that is ahead is worth what it is', () => {
    expect(valueAt({ value: 8, atMs: 100 }, 10, 50)).toBe(8);
  });

  test('fades in one step as in two', () => {
    fc.assert(
      fc.property(worth, fc.nat(1000), fc.nat(1000), (value, first, second) => {
        const once = valueAt({ value, atMs: 0 }, 300, first + second);
        const between = { value: valueAt({ value, atMs: 0 }, 300, first), atMs: first };
        expect(valueAt(between, 300, first + second)).toBeCloseTo(once, 6);
      }),
    );
  });
});

describe('the score', () => {
  test('of a steady rate is about nothing, however high', () => {
    for (const name of TREND_WINDOWS) {
      const { short, base } = WINDOWS[name];
      for (const perMs of [1e-6, 1e-3, 1]) {
        const standing = (halfLife: number) => (perMs * halfLife) / Math.LN2;
        expect(trendScore(standing(short), standing(base), name)).toBeCloseTo(0, 6);
      }
    }
  });

  test('grows with people now, and falls with what is usual', () => {
    fc.assert(
      fc.property(window, worth, worth, fc.double({ min: 0.01, max: 1e4, noNaN: true }), (name, short, base, more) => {
        expect(trendScore(short + more, base, name)).toBeGreaterThan(trendScore(short, base, name));
        expect(trendScore(short, base + more, name)).toBeLessThan(trendScore(short, base, name));
      }),
    );
  });

  test('of ten people where nobody was is above that of thirty where twenty are usual', () => {
    const { short, base } = WINDOWS.HOUR;
    expect(trendScore(10, 10, 'HOUR')).toBeGreaterThan(trendScore(30, (20 * base) / short, 'HOUR'));
  });
});

test('lists begin with the most unusual, without few people and what is as usual', () => {
  const trends = [
    { key: 'b', score: 3, people: 5 },
    { key: 'few', score: 9, people: 1 },
    { key: 'a', score: 3, people: 5 },
    { key: 'usual', score: 0.2, people: 500 },
    { key: 'top', score: 7, people: 4 },
  ];
  expect(rankTrends(trends).map(({ key }) => key)).toEqual(['top', 'a', 'b']);
});
