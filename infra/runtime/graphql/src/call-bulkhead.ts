import { BulkheadFullError, createBulkhead } from '@tintype/bounds';
import { AddressError } from './address.error.ts';

/**
 * Concurrent calls to one subgraph in this process, or to one address of it. Mutations may wait for locks, so they
 * leave room for queries.
 */
export const CALLS = { all: 128, mutations: 64 };

export type CallBulkhead = {
  /** How many calls are running. */
  readonly running: number;
  /** Runs a call if there is room. Calls do not wait. @throws AddressError busy */
  run<T>(isMutation: boolean, call: () => Promise<T>): Promise<T>;
};

/** Bounds how many calls run at once, and how many of them may be mutations. */
export function createCallBulkhead(calls = CALLS): CallBulkhead {
  const enterAll = createBulkhead({ atOnce: calls.all, waiting: 0 });
  const enterMutations = createBulkhead({ atOnce: calls.mutations, waiting: 0 });
  let running = 0;

  async function count<T>(call: () => Promise<T>): Promise<T> {
    running += 1;
    try {
      return await call();
    } finally {
      running -= 1;
    }
  }

  return {
    get running() {
      return running;
    },
    async run(isMutation, call) {
      let hasEntered = false;
      const enter = () =>
        enterAll(() => {
          hasEntered = true;
          return count(call);
        });
      try {
        return await (isMutation ? enterMutations(enter) : enter());
      } catch (error) {
        // The call may have met a bulkhead of its own, which says nothing about ours.
        if (error instanceof BulkheadFullError && !hasEntered)
          throw new AddressError('busy', 'has as many calls as it may have at once');
        throw error;
      }
    },
  };
}
