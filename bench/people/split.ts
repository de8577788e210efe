import type { Graph } from './blocks.ts';

/** A graph with some follows hidden. The others are known, and the hidden ones have to be found. */
export type Split = {
  /** The known follows of each person. */
  known: ReadonlySet<number>[];
  /** The hidden follows of each person. */
  hidden: ReadonlySet<number>[];
  /** The known followers of each person. */
  knownFollowers: ReadonlySet<number>[];
};

/**
 * Hides a share of the follows, or of the friendships with both of their follows. The seed makes each run hide the same
 * ones.
 */
export function splitGraph({ people, follows, isMutual }: Graph, share: number, seed: number): Split {
  const pairs = follows.filter(([one, other]) => !isMutual || one < other);
  const random = generator(seed);
  for (let left = pairs.length - 1; left > 0; left--) {
    const at = Math.floor(random() * (left + 1));
    [pairs[left], pairs[at]] = [pairs[at]!, pairs[left]!];
  }
  const cut = Math.round(pairs.length * share);
  const known = followed(people, pairs.slice(cut), isMutual);
  const knownFollowers = known.map(() => new Set<number>());
  for (const [person, all] of known.entries()) for (const one of all) knownFollowers[one]!.add(person);
  return { hidden: followed(people, pairs.slice(0, cut), isMutual), known, knownFollowers };
}

function followed(people: number, pairs: readonly (readonly [number, number])[], isMutual: boolean): Set<number>[] {
  const of = Array.from({ length: people }, () => new Set<number>());
  for (const [one, other] of pairs) {
    of[one]!.add(other);
    if (isMutual) of[other]!.add(one);
  }
  return of;
}

/** People with hidden follows, up to a number, spread evenly. */
export function viewersOf({ hidden }: Split, most: number): number[] {
  const all = [...hidden.keys()].filter((person) => hidden[person]!.size > 0);
  const step = Math.max(1, all.length / most);
  return Array.from({ length: Math.min(most, all.length) }, (_, index) => all[Math.floor(index * step)]!);
}

/** Mulberry32, by T. Ettinger: 32 bits of state are enough to draw edges. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
