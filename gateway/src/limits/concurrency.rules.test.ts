import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CONCURRENCY, type LoadWindow, NO_BACKOFF, nextBackoff, nextLimit, retryAfterS } from './concurrency.rules.ts';

const quick: LoadWindow = { ended: 100, medianMs: 20, overloaded: 0, peak: 64, utilization: 0.5 };

/** The limit of a process that answers a fixed number of requests per second, after many windows of the same demand. */
function limitAfter(perSecond: number, demand: number): number {
  let limit = CONCURRENCY.start;
  for (let window = 0; window < 400; window++) {
    const running = Math.min(limit, demand);
    const medianMs = (running / perSecond) * 1000;
    const utilization = medianMs > 40 ? 1 : 0.5;
    limit = nextLimit(limit, { ended: perSecond / 4, medianMs, overloaded: 0, peak: running, utilization });
  }
  return limit;
}

test('a saturated process runs what it can finish in time, whatever the load', () => {
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 1500 }), fc.integer({ min: 4, max: 50 }), (perSecond, times) => {
      const limit = limitAfter(perSecond, Math.max(CONCURRENCY.max, perSecond) * times);
      expect(limit / perSecond).toBeGreaterThan(0.2);
      expect(limit / perSecond).toBeLessThan(0.3);
    }),
  );
});

test('the limit grows only while it is reached', () => {
  expect(nextLimit(64, quick)).toBeGreaterThan(64);
  expect(nextLimit(64, { ...quick, peak: 10 })).toBe(64);
});

test('a slow dependency is no overload of the process that waits for it', () => {
  expect(nextLimit(64, { ...quick, medianMs: 2000, utilization: 0.2 })).toBeGreaterThan(64);
});

test('subgraphs that refuse for overload make the gateway take less', () => {
  expect(nextLimit(64, { ...quick, overloaded: 10 })).toBeLessThan(64);
  expect(nextLimit(CONCURRENCY.min, { ...quick, overloaded: 100 })).toBe(CONCURRENCY.min);
});

test('a window with hardly any request changes nothing', () => {
  expect(nextLimit(64, { ...quick, ended: 2, medianMs: 5000, utilization: 1, overloaded: 2 })).toBe(64);
});

/** Requests refused in each of the last 40 of 240 windows, of clients that retry after `Retry-After`. */
function refusals(clients: number, perSecond: number): number[] {
  const perWindow = perSecond / 4;
  // How many clients send a request in which window. Clients with a response send the next one at once.
  const due = new Map([[0, clients - perWindow]]);
  let backoff = NO_BACKOFF;
  const refused: number[] = [];
  for (let window = 0; window < 240; window++) {
    const now = due.get(window) ?? 0;
    refused.push(now);
    backoff = nextBackoff(backoff, { ended: perWindow, refused: now });
    for (let client = 0; client < now; client++) {
      const next = window + 4 * retryAfterS(backoff, (client * 0.618) % 1);
      due.set(next, (due.get(next) ?? 0) + 1);
    }
  }
  return refused.slice(-40);
}

test('the more clients are refused, the longer they have to wait', () => {
  for (const times of [2, 4, 8]) {
    const seen = refusals(times * 80, 80);
    expect(seen.reduce((sum, one) => sum + one, 0) / 10).toBeLessThan(80);
    expect(Math.max(...seen)).toBeLessThan(times * 40);
  }
  let backoff = NO_BACKOFF;
  for (let window = 0; window < 100; window++) backoff = nextBackoff(backoff, { ended: 10, refused: 100 });
  expect([retryAfterS(backoff, 0), retryAfterS(backoff, 1)]).toEqual([5, 15]);
  for (let window = 0; window < 100; window++) backoff = nextBackoff(backoff, { ended: 10, refused: 0 });
  expect(retryAfterS(backoff, 0)).toBe(1);
});
