import { describe, expect, test } from 'vitest';
import type { CaseModel } from './case.model.ts';
import { mayDecide, stateOf } from './case.rules.ts';

const open: CaseModel = {
  id: 1n,
  targetType: 'POST',
  targetId: 2n,
  personId: 3n,
  reportCount: 1,
  claimedBy: null,
  claimedUntil: null,
  createdAt: new Date(0),
  closedAt: null,
  action: null,
  reason: null,
  suspendedUntil: null,
  decidedBy: null,
  decidedAt: null,
  excerpt: null,
  decidedCaseId: null,
  reviewedModeratorId: null,
  appealText: null,
  appealCaseId: null,
  reversedAt: null,
  reversalCaseId: null,
};

test('a case goes from open over claimed and decided to closed', () => {
  const claimed = { ...open, claimedBy: 9n, claimedUntil: new Date(1) };
  const decided = { ...claimed, action: 'HIDE' as const, decidedBy: 9n, decidedAt: new Date(2) };
  const states = [open, claimed, decided, { ...decided, closedAt: new Date(3) }].map(stateOf);
  expect(states).toEqual(['OPEN', 'CLAIMED', 'DECIDED', 'CLOSED']);
});

test('a case whose target was erased is closed without a decision', () => {
  expect(stateOf({ ...open, closedAt: new Date(3) })).toBe('CLOSED');
});

describe('decisions', () => {
  const [moderator, admin] = [
    { userId: 1n, role: 'MODERATOR' },
    { userId: 2n, role: 'ADMIN' },
  ] as const;

  test.each([
    [moderator, 3n, null, true],
    [moderator, 3n, 'MODERATOR', true],
    [moderator, 3n, 'ADMIN', false],
    [moderator, 1n, 'MODERATOR', false],
    [admin, 3n, 'ADMIN', true],
    [admin, 2n, 'ADMIN', false],
  ] as const)('of %o about %s with the role %s: %s', (staff, personId, role, may) => {
    expect(mayDecide(staff, { personId, reviewedModeratorId: null, isReporter: false }, role)).toBe(may);
  });

  test.each([
    [moderator, 1n, false],
    [moderator, 4n, true],
    [admin, 2n, true],
  ] as const)('of %o about a decision of %s: %s', (staff, reviewedModeratorId, may) => {
    expect(mayDecide(staff, { personId: 3n, reviewedModeratorId, isReporter: false }, null)).toBe(may);
  });

  test.each([
    [moderator, false],
    [admin, true],
  ] as const)('of %o about what they reported: %s', (staff, may) => {
    expect(mayDecide(staff, { personId: 3n, reviewedModeratorId: null, isReporter: true }, null)).toBe(may);
  });
});
