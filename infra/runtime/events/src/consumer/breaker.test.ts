import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBreaker } from '#consumer/breaker.ts';

describe('createBreaker', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('bears failures as long as something succeeds between them', () => {
    const breaker = createBreaker({ onChange: () => undefined });
    for (let round = 0; round < 5; round++) {
      for (let failure = 0; failure < 9; failure++) breaker.failed();
      breaker.succeeded();
    }
    expect(breaker.allows()).toBe('all');
  });

  it('stops after ten failures in a row, then lets one through at a time, until one succeeds', () => {
    const changes: boolean[] = [];
    const breaker = createBreaker({ onChange: (open) => changes.push(open) });
    for (let failure = 0; failure < 30; failure++) breaker.failed();
    expect(breaker.allows()).toBe('none');
    expect(changes).toEqual([true]);
    vi.advanceTimersByTime(500);
    expect(breaker.allows()).toBe('one');
    breaker.failed();
    expect(breaker.allows()).toBe('none');
    vi.advanceTimersByTime(1000);
    expect(breaker.allows()).toBe('one');
    breaker.succeeded();
    expect(breaker.allows()).toBe('all');
    expect(changes).toEqual([true, false, true, false, false]);
  });
});
