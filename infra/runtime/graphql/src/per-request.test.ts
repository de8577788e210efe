import type { ViewerPass } from '@tintype/viewer';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { perRequest } from './per-request.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const pass = (requestId: string, more: Partial<ViewerPass> = {}): ViewerPass => ({
  viewer: null,
  requestId,
  operation: 'query',
  ...more,
});

test('fetches of one query share a value, and nobody else does', () => {
  const shared = perRequest(() => ({}));
  const viewer = { userId: 1n } as NonNullable<ViewerPass['viewer']>;
  const value = shared(pass('a'));
  expect(shared(pass('a'))).toBe(value);
  expect(shared(pass('b'))).not.toBe(value);
  expect(shared(pass('a', { viewer }))).not.toBe(value);
  expect(shared(pass('a', { operation: 'mutation' }))).not.toBe(value);
  expect(shared(pass('c', { operation: 'mutation' }))).not.toBe(shared(pass('c', { operation: 'mutation' })));
});

test('a value lives for as long as its request asks for it, and soon after that is held by nothing', () => {
  const shared = perRequest(() => ({}));
  const value = shared(pass('a'));
  for (let n = 0; n < 10; n++) {
    vi.advanceTimersByTime(900);
    expect(shared(pass('a'))).toBe(value);
  }
  vi.advanceTimersByTime(2000);
  expect(shared(pass('a'))).not.toBe(value);
  vi.advanceTimersByTime(4000);
  expect(vi.getTimerCount()).toBe(0);
});

test('however many requests come in one moment, few of their values are held', () => {
  let created = 0;
  const shared = perRequest(() => ({ number: created++ }));
  const first = shared(pass('first'));
  for (let n = 0; n < 600; n++) shared(pass(String(n)));
  const last = shared(pass('599'));
  expect(shared(pass('first'))).not.toBe(first);
  expect(shared(pass('599'))).toBe(last);
});
