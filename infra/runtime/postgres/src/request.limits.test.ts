import { expect, test } from 'vitest';
import { createBudget } from './request.limits.ts';

test('database time is the sum of the times for which statements run', () => {
  let now = 0;
  const budget = createBudget(100, () => now);
  const [first, second] = [budget.begin(), budget.begin()];
  now = 40;
  first();
  now = 60;
  expect(budget.isSpent()).toBe(false);
  now = 61;
  expect(budget.isSpent()).toBe(true);
  second();
  now = 1000;
  expect(budget.isSpent()).toBe(true);
});

test('database time does not pass while no statement runs', () => {
  let now = 0;
  const budget = createBudget(100, () => now);
  for (let count = 0; count < 10; count++) {
    const stop = budget.begin();
    now += 10;
    stop();
    now += 1000;
  }
  expect(budget.isSpent()).toBe(false);
});
