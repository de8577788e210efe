import { AsyncLocalStorage } from 'node:async_hooks';
import type { Identity } from './identity.ts';

/** What bounds the work on one fetch, for whatever it calls: other subgraphs and stores. */
export type FetchScope = {
  identity: Identity;
  /** When nobody waits for this fetch any more, in milliseconds of `performance.now()`; absent where somebody always does. */
  deadline?: number | undefined;
  /** Aborted when nobody waits for this fetch any more. */
  signal?: AbortSignal | undefined;
};

const scopes = new AsyncLocalStorage<FetchScope | undefined>();

/** Runs `work` and all that it starts in this scope. A scope does not reach into other processes: there, the identity token makes a new one. */
export function runInFetchScope<T>(scope: FetchScope, work: () => T): T {
  return scopes.run(scope, work);
}

/** The scope of the fetch that is being answered; undefined in workers and in the gateway. */
export function currentFetchScope(): FetchScope | undefined {
  return scopes.getStore();
}

/** For work that many fetches wait for together, or that goes on after the answer: the bounds of none of them apply to it. */
export function runOutsideFetchScope<T>(work: () => T): T {
  return scopes.run(undefined, work);
}
