import { expect, test } from 'vitest';
import { isNewAccount } from './new-account.rules.ts';

const DAY = 24 * 3600 * 1000;

test.each([
  [0, 3, true],
  [3 * DAY - 1, 3, true],
  [3 * DAY, 3, false],
  [400 * DAY, 3, false],
  [0, 0, false],
])('an account of %i ms is new for %i days: %s', (age, days, isNew) => {
  expect(isNewAccount(1_000_000, days, 1_000_000 + age)).toBe(isNew);
});

test('an account whose id is from a clock that is ahead is new', () => {
  expect(isNewAccount(1_000_000, 3, 999_000)).toBe(true);
});
