import type { Graph } from './blocks.ts';

/** A graph of which some follows are hidden: what is left is known, and what is hidden is to be found. */
export type Split = {
  /** Whom each person follows, as far as is known. */
  known: ReadonlySet<number>[];
  /** The same that is hidden. */
  hidden: ReadonlySet<number>[];
  /** Of `known`, the people by whom each is followed. */
  knownFollowers: ReadonlySet<number>[];
};

/** Hides a share of the follows, or of the friendships with both of their follows, drawn with a seed: the same ones each time. */
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

/** People of whom something is hidden, at most so many, spread over all. */
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
