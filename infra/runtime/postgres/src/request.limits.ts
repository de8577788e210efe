import { currentFetchScope, type FetchScope, type Identity, StoreError } from '@tintype/viewer';
import { LRUCache } from 'lru-cache';

/** What the current request may still use of Postgres, and the client that it counts for. */
export type RequestLimits = {
  /** A viewer, the network of a visitor, or the platform itself. */
  client: string;
  /** The time until the deadline, or Infinity for a request without one. */
  remainingMs(): number;
  /** @throws StoreError if nobody waits for the response any more, or the request has used up its database time */
  check(): void;
  /** Counts database time until the returned function is called, and twice as much while two statements run. */
  beginStatement(): () => void;
};

/**
 * The sum of the times of a request's statements in this process. A page of a feed takes some 30 ms. Waiting for a
 * connection, or for the processor between two statements, does not count, because it would use up the budget on a busy
 * machine.
 */
const DATABASE_MS = 3000;

/** The number of requests that are remembered. If one is dropped, it just gets a new budget. */
const REQUESTS = 2000;

const budgets = new LRUCache<string, Budget>({ max: REQUESTS });

/** Undefined in workers, and in work that several requests wait for. */
export function currentLimits(): RequestLimits | undefined {
  const scope = currentFetchScope();
  if (!scope) return undefined;
  const client = clientOf(scope.identity);
  const key = `${client} ${scope.identity.requestId}`;
  let budget = budgets.get(key);
  if (!budget) {
    budget = createBudget(DATABASE_MS);
    budgets.set(key, budget);
  }
  return limitsOf(scope, client, budget);
}

function limitsOf({ deadline, signal }: FetchScope, client: string, budget: Budget): RequestLimits {
  const remainingMs = () => (deadline === undefined ? Number.POSITIVE_INFINITY : deadline - performance.now());
  return {
    client,
    remainingMs,
    check() {
      if (signal?.aborted || remainingMs() <= 0) throw new StoreError('TIMEOUT');
      if (budget.isSpent()) throw new StoreError('DATABASE_TIME_EXCEEDED');
    },
    beginStatement: budget.begin,
  };
}

function clientOf({ viewer, network }: Identity): string {
  if (viewer) return `viewer ${viewer.userId}`;
  return network ? `network ${network}` : 'platform';
}

export type Budget = { isSpent(): boolean; begin(): () => void };

/** @param now in milliseconds, never going back */
export function createBudget(limitMs: number, now: () => number = () => performance.now()): Budget {
  let running = 0;
  let spentMs = 0;
  let countedAt = now();
  const change = (by: number) => {
    const at = now();
    spentMs += running * (at - countedAt);
    countedAt = at;
    running += by;
  };
  return {
    isSpent() {
      change(0);
      return spentMs > limitMs;
    },
    begin() {
      change(1);
      return () => change(-1);
    },
  };
}
