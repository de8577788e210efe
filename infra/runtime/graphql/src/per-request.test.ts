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
  const valueOf = perRequest(() => ({}));
  const viewer = { userId: 1n } as NonNullable<ViewerPass['viewer']>;
  const value = valueOf(pass('a'));
  expect(valueOf(pass('a'))).toBe(value);
  expect(valueOf(pass('b'))).not.toBe(value);
  expect(valueOf(pass('a', { viewer }))).not.toBe(value);
  expect(valueOf(pass('a', { operation: 'mutation' }))).not.toBe(value);
  expect(valueOf(pass('c', { operation: 'mutation' }))).not.toBe(valueOf(pass('c', { operation: 'mutation' })));
});

test('a value lives for as long as its request asks for it, and soon after that is held by nothing', () => {
  const valueOf = perRequest(() => ({}));
  const value = valueOf(pass('a'));
  for (let n = 0; n < 10; n++) {
    vi.advanceTimersByTime(900);
    expect(valueOf(pass('a'))).toBe(value);
  }
  vi.advanceTimersByTime(2000);
  expect(valueOf(pass('a'))).not.toBe(value);
  vi.advanceTimersByTime(4000);
  expect(vi.getTimerCount()).toBe(0);
});

test('however many requests come in one moment, few of their values are held', () => {
  let created = 0;
  const valueOf = perRequest(() => ({ number: created++ }));
  const first = valueOf(pass('first'));
  for (let n = 0; n < 600; n++) valueOf(pass(String(n)));
  const last = valueOf(pass('599'));
  expect(valueOf(pass('first'))).not.toBe(first);
  expect(valueOf(pass('599'))).toBe(last);
});
