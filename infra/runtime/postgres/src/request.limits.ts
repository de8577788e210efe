import { currentFetchScope, type FetchScope, type Identity, StoreError } from '@tintype/viewer';
import { LRUCache } from 'lru-cache';

/** What the request that this code runs for may still take from Postgres, and on whose account. */
export type RequestLimits = {
  /** A viewer, the network of a visitor, or the platform itself. */
  client: string;
  /** How long somebody still waits for the answer; Infinity where the request has no deadline. */
  remainingMs(): number;
  /** @throws StoreError where nobody waits for the answer any more, or the request has used up its database time */
  check(): void;
  /** Counts database time until the returned function is called: twice as much while two statements run. */
  beginStatement(): () => void;
};

/**
 * The sum of the times that the statements of a request take in this process. A page of feed takes some 30 ms. Waiting for a connection, or
 * for the processor between two statements, is no work of Postgres, and would use up the budget on a busy machine.
 */
const DATABASE_MS = 3000;

/** Requests that can be under way in a process. One that is pushed out gets a new budget, nothing worse. */
const REQUESTS = 2000;

const budgets = new LRUCache<string, Budget>({ max: REQUESTS });

/** Undefined in workers, and in what requests wait for together. */
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
