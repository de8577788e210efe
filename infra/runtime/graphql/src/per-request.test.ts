import { type Identity, subjectOf } from '@tintype/viewer';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { perRequest } from './per-request.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const identity = (
  requestId: string,
  { viewer = null, operation = 'query' }: Partial<Pick<Identity, 'viewer' | 'operation'>> = {},
): Identity => ({
  ...subjectOf(viewer),
  requestId,
  operation,
});

test('only fetches of one query share a value', () => {
  const shared = perRequest(() => ({}));
  const viewer = { userId: 1n } as NonNullable<Identity['viewer']>;
  const value = shared(identity('a'));
  expect(shared(identity('a'))).toBe(value);
  expect(shared(identity('b'))).not.toBe(value);
  expect(shared(identity('a', { viewer }))).not.toBe(value);
  expect(shared(identity('a', { operation: 'mutation' }))).not.toBe(value);
  expect(shared(identity('c', { operation: 'mutation' }))).not.toBe(shared(identity('c', { operation: 'mutation' })));
});

test('a value lives as long as its request uses it, and is released soon after', () => {
  const shared = perRequest(() => ({}));
  const value = shared(identity('a'));
  for (let n = 0; n < 10; n++) {
    vi.advanceTimersByTime(900);
    expect(shared(identity('a'))).toBe(value);
  }
  vi.advanceTimersByTime(2000);
  expect(shared(identity('a'))).not.toBe(value);
  vi.advanceTimersByTime(4000);
  expect(vi.getTimerCount()).toBe(0);
});

test('however many requests come in one moment, few of their values are held', () => {
  let created = 0;
  const shared = perRequest(() => ({ number: created++ }));
  const first = shared(identity('first'));
  for (let n = 0; n < 600; n++) shared(identity(String(n)));
  const last = shared(identity('599'));
  expect(shared(identity('first'))).not.toBe(first);
  expect(shared(identity('599'))).toBe(last);
});
