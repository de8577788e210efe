import { AsyncLocalStorage } from 'node:async_hooks';
import type { Identity } from './identity.ts';

/** The bounds of the work for one fetch, for its calls of other subgraphs and stores. */
export type FetchScope = {
  identity: Identity;
  /** The deadline of this fetch, in milliseconds of `performance.now()`. Absent if it has none. */
  deadline?: number | undefined;
  /** Aborted when the caller no longer waits for this fetch. */
  signal?: AbortSignal | undefined;
};

const scopes = new AsyncLocalStorage<FetchScope | undefined>();

/**
 * Runs `work`, and everything that it starts, in this scope. In other processes, the identity token starts a new scope.
 */
export function runInFetchScope<T>(scope: FetchScope, work: () => T): T {
  return scopes.run(scope, work);
}

/** The scope of the current fetch. Undefined in workers and in the gateway. */
export function currentFetchScope(): FetchScope | undefined {
  return scopes.getStore();
}

/** For work that many fetches share, or that continues after the response: none of their bounds apply. */
export function runOutsideFetchScope<T>(work: () => T): T {
  return scopes.run(undefined, work);
}
