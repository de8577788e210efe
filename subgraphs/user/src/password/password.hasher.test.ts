import { expect, test } from 'vitest';
import { restOf } from './password.hasher.ts';

test.each([
  [1, 7],
  [2, 3],
  [4, 1],
  [8, 0],
  [64, 0],
])('with %i cores, a hash is followed by %i times as much rest', (cores, rest) => {
  expect(restOf(cores)).toBe(rest);
});
