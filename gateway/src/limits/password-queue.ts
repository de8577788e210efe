import { gauge } from '@tintype/telemetry';
import { LRUCache } from 'lru-cache';
import { GatewayError } from '#errors/errors.ts';
import { retryAfterS } from './concurrency.rules.ts';
import { nextWaiter, waiterToRefuse } from './password-queue.rules.ts';

/**
 * How many operations with passwords run at once in this process. The user subgraph hashes one password at a time.
 * Meanwhile, the other operations read and write Postgres.
 */
const AT_ONCE = 4;

/** How long the attempts of a network are remembered after the last one, and for how many networks. */
const REMEMBERED_MS = 10 * 60_000;
const REMEMBERED = 20_000;

/** Refused clients come back after 2 to 5 s. */
const BACKOFF = { refusedEach: 0, waitS: 3 };

export type PasswordQueue = {
  /**
   * Runs an operation with passwords when it is its turn. It is the turn of the network with the fewest attempts
   * lately.
   *
   * @param network from `networkOf`
   * @throws GatewayError OVERLOADED
   */
  run<T>(network: string, passwords: number, work: () => Promise<T>): Promise<T>;
  close(): void;
};

type Waiter = { network: string; passwords: number; admit(): void; refuse(): void };

/**
 * Operations that check or set passwords wait for each other, and not for a place among all requests. So people who log
 * in, and those who guess passwords, do not keep others from reading. Attempts that are refused are not counted: they
 * took nothing.
 */
export function createPasswordQueue(bounds: { waiting: number; waitMs: number; atOnce?: number }): PasswordQueue {
  const { waiting: maxWaiting, waitMs, atOnce = AT_ONCE } = bounds;
  const attempts = new LRUCache<string, number>({ max: REMEMBERED, ttl: REMEMBERED_MS });
  const attemptsOf = (network: string) => attempts.get(network) ?? 0;
  const waiting: Waiter[] = [];
  let running = 0;

  gauge('gateway_passwords', 'Operations with passwords that run, and that wait', ['kind'], (metric) => {
    metric.set({ kind: 'running' }, running);
    metric.set({ kind: 'waiting' }, waiting.length);
  });

  function start({ network, passwords }: Pick<Waiter, 'network' | 'passwords'>): void {
    running += 1;
    attempts.set(network, attemptsOf(network) + passwords);
  }

  function remove(waiter: Waiter): void {
    waiting.splice(waiting.indexOf(waiter), 1);
  }

  function waitForTurn(network: string, passwords: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const patience = setTimeout(() => waiter.refuse(), waitMs);
      const waiter: Waiter = {
        network,
        passwords,
        admit() {
          clearTimeout(patience);
          remove(waiter);
          start(waiter);
          resolve();
        },
        refuse() {
          clearTimeout(patience);
          remove(waiter);
          reject(overloaded());
        },
      };
      waiting.push(waiter);
      if (waiting.length > maxWaiting) waiterToRefuse(waiting, attemptsOf)?.refuse();
    });
  }

  return {
    async run(network, passwords, work) {
      if (running < atOnce) start({ network, passwords });
      else await waitForTurn(network, passwords);
      try {
        return await work();
      } finally {
        running -= 1;
        nextWaiter(waiting, attemptsOf)?.admit();
      }
    },
    close() {
      for (const waiter of [...waiting]) waiter.refuse();
    },
  };
}

function overloaded(): GatewayError {
  const afterS = retryAfterS(BACKOFF, Math.random());
  const message = `Many people are logging in at the moment. Try again in ${afterS} seconds.`;
  return new GatewayError('OVERLOADED', message, { 'retry-after': String(afterS) });
}
