import { expect, test } from 'vitest';
import { checkAction } from './decision.rules.ts';

test.each([
  ['USER', 'WARN', null, null],
  ['USER', 'BAN', null, null],
  ['USER', 'HIDE', null, 'ACTION_NOT_APPLICABLE'],
  ['POST', 'HIDE', null, null],
  ['COMMENT', 'SUSPEND', 7, null],
  ['DECISION', 'UPHOLD', null, null],
  ['DECISION', 'HIDE', null, 'ACTION_NOT_APPLICABLE'],
  ['POST', 'REVERSE', null, 'ACTION_NOT_APPLICABLE'],
  ['USER', 'SUSPEND', 1, null],
  ['USER', 'SUSPEND', 365, null],
  ['USER', 'SUSPEND', null, 'SUSPENSION_INVALID'],
  ['USER', 'SUSPEND', 0, 'SUSPENSION_INVALID'],
  ['USER', 'SUSPEND', 366, 'SUSPENSION_INVALID'],
  ['POST', 'HIDE', 7, 'SUSPENSION_INVALID'],
] as const)('about a %s, to %s for %s days: %s', (targetType, action, days, error) => {
  expect(checkAction(targetType, action, days)).toBe(error);
});
