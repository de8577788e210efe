import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Engagement, HALF_LIFE_MS, scoreOf } from './score.rules.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const liked = (likes: number): Engagement => ({ likes, comments: 0, shares: 0 });

test('more engagement is higher, and shares count more than comments, and these more than likes', () => {
  const at = new Date(NOON);
  const scores = [
    liked(0),
    liked(1),
    { likes: 0, comments: 1, shares: 0 },
    { likes: 0, comments: 0, shares: 1 },
    liked(1000),
  ].map((one) => scoreOf(one, at));
  expect(scores).toEqual(scores.toSorted((one, other) => Number(one - other)));
  expect(new Set(scores).size).toBe(5);
});

test('after a half-life twice the engagement has the same place', () => {
  expect(scoreOf(liked(9), new Date(NOON + HALF_LIFE_MS))).toBe(scoreOf(liked(19), new Date(NOON)));
});

test('scores order posts as decayed engagement does at any later time', () => {
  const post = fc.record({ likes: fc.nat(100_000), age: fc.nat(60 * 24 * 3600 * 1000) });
  fc.assert(
    fc.property(post, post, fc.nat(30 * 24 * 3600 * 1000), (one, other, later) => {
      const decayed = ({ likes, age }: typeof one) => (1 + likes) * 2 ** (-(age + later) / HALF_LIFE_MS);
      const scored = ({ likes, age }: typeof one) => scoreOf(liked(likes), new Date(NOON - age));
      // Equal but for rounding.
      if (Math.abs(decayed(one) / decayed(other) - 1) < 1e-5) return true;
      return decayed(one) > decayed(other) === scored(one) > scored(other);
    }),
  );
});
