import { expect, test } from 'vitest';
import { isOfCopy } from './passkey.rules.ts';

test.each([
  [0n, 0, false],
  [0n, 1, false],
  [1n, 2, false],
  [1n, 1_000_000, false],
  [1n, 1, true],
  [7n, 6, true],
  [7n, 0, true],
])('after %d uses, one with the number %d is of a copy: %s', (before, signCount, expected) => {
  expect(isOfCopy(before, signCount)).toBe(expected);
});
