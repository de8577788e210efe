import { performance } from 'node:perf_hooks';
import { gauge } from '@tintype/telemetry';
import { GatewayError } from '#errors/errors.ts';
import { CONCURRENCY, NO_BACKOFF, nextBackoff, nextLimit, retryAfterS } from './concurrency.rules.ts';

const WINDOW_MS = 250;
/** How long a request waits for its turn during a burst. If it would wait longer, it is refused at once. */
const WAIT_MS = 200;

export type Slot = {
  /** A subgraph refused this request because of overload. */
  overloaded(): void;
  /** Lets the next request run. */
  leave(): void;
  /** Lets the next request run while this one waits in another queue, which says nothing about this limit. */
  moveOn(): void;
};

export type ConcurrencyLimiter = {
  /** Resolves when the request may run. @throws GatewayError OVERLOADED */
  enter(): Promise<Slot>;
  close(): void;
};

type Waiter = { admit(): void; refuse(): void };

/**
 * Runs as many requests at once as this process can finish in time. A few wait for a moment, and the rest are refused.
 */
export function createConcurrencyLimiter(): ConcurrencyLimiter {
  let limit: number = CONCURRENCY.start;
  let running = 0;
  let peak = 0;
  let overloaded = 0;
  let refused = 0;
  let backoff = NO_BACKOFF;
  let times: number[] = [];
  let loop = performance.eventLoopUtilization();
  const waiting = new Set<Waiter>();

  gauge('gateway_concurrency', 'Requests that may run at once, that run, and that wait', ['kind'], (metric) => {
    metric.set({ kind: 'limit' }, limit);
    metric.set({ kind: 'running' }, running);
    metric.set({ kind: 'waiting' }, waiting.size);
  });

  const admitNext = () => {
    for (const waiter of waiting) {
      if (running >= limit) return;
      waiter.admit();
    }
  };
  const adapt = () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, loop);
    loop = now;
    times.sort((a, b) => a - b);
    const medianMs = times[Math.floor(times.length / 2)] ?? 0;
    limit = nextLimit(limit, { ended: times.length, medianMs, overloaded, peak, utilization });
    backoff = nextBackoff(backoff, { ended: times.length, refused });
    times = [];
    overloaded = 0;
    refused = 0;
    peak = running;
    admitNext();
  };
  const timer = setInterval(adapt, WINDOW_MS).unref();

  const take = (): Slot => {
    running += 1;
    peak = Math.max(peak, running);
    const began = performance.now();
    let isTaken = true;
    const moveOn = () => {
      if (!isTaken) return;
      isTaken = false;
      running -= 1;
      admitNext();
    };
    return {
      overloaded() {
        if (isTaken) overloaded += 1;
      },
      leave() {
        if (!isTaken) return;
        times.push(performance.now() - began);
        moveOn();
      },
      moveOn,
    };
  };

  const refusal = () => {
    refused += 1;
    return overloadedError(retryAfterS(backoff, Math.random()));
  };

  return {
    async enter() {
      if (running < limit && waiting.size === 0) return take();
      if (waiting.size >= limit / 2) throw refusal();
      return new Promise<Slot>((resolve, reject) => {
        const waiter: Waiter = {
          admit() {
            end();
            resolve(take());
          },
          refuse() {
            end();
            reject(refusal());
          },
        };
        const patience = setTimeout(() => waiter.refuse(), WAIT_MS);
        function end() {
          clearTimeout(patience);
          waiting.delete(waiter);
        }
        waiting.add(waiter);
      });
    },
    close() {
      clearInterval(timer);
      for (const waiter of waiting) waiter.refuse();
    },
  };
}

function overloadedError(afterS: number): GatewayError {
  const message = `There is too much to do at the moment. Try again in ${afterS === 1 ? 'a second' : `${afterS} seconds`}.`;
  return new GatewayError('OVERLOADED', message, { 'retry-after': String(afterS) });
}
