import { AddressError } from './address.error.ts';

/** Calls at once to one subgraph here, or to one address of it. Mutations, which may wait for locks, leave room for queries. */
export const CALLS = { all: 128, mutations: 64 };

export type Places = {
  readonly taken: number;
  /** Takes a place. @returns gives it back @throws AddressError busy, where none is free */
  enter(isMutation: boolean): () => void;
};

export function createPlaces(calls = CALLS): Places {
  let all = 0;
  let mutations = 0;
  return {
    get taken() {
      return all;
    },
    enter(isMutation) {
      if (all >= calls.all || (isMutation && mutations >= calls.mutations)) {
        throw new AddressError('busy', 'is asked as many things at once as it may be');
      }
      all += 1;
      if (isMutation) mutations += 1;
      return () => {
        all -= 1;
        if (isMutation) mutations -= 1;
      };
    },
  };
}
