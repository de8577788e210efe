/** A graph of friendships of which some are hidden: what is left is known, and what is hidden is to be found. */
export type Split = {
  /** Friends of each person that are known. */
  known: ReadonlySet<number>[];
  /** Friends of each person that are hidden. */
  hidden: ReadonlySet<number>[];
};

/**
 * Hides a share of the friendships, drawn with a seed: the same ones each time.
 *
 * @param follows each friendship in both directions
 */
export function splitGraph(people: number, follows: readonly [number, number][], share: number, seed: number): Split {
  const friendships = follows.filter(([one, other]) => one < other);
  const random = generator(seed);
  for (let left = friendships.length - 1; left > 0; left--) {
    const at = Math.floor(random() * (left + 1));
    [friendships[left], friendships[at]] = [friendships[at]!, friendships[left]!];
  }
  const cut = Math.round(friendships.length * share);
  return { hidden: neighbours(people, friendships.slice(0, cut)), known: neighbours(people, friendships.slice(cut)) };
}

function neighbours(people: number, friendships: readonly [number, number][]): Set<number>[] {
  const of = Array.from({ length: people }, () => new Set<number>());
  for (const [one, other] of friendships) {
    of[one]!.add(other);
    of[other]!.add(one);
  }
  return of;
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
