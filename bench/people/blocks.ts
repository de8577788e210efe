/** Who follows whom, without duplicates. People are numbered from 0. */
export type Graph = { people: number; follows: (readonly [number, number])[]; isMutual: boolean };

const SLACK = 1.05;

/**
 * Divides a graph into blocks of about equal size with many follows inside. In the order of a walk through the graph,
 * each person goes to the block with most of their neighbours, weighted down the fuller it is (linear deterministic
 * greedy, Stanton and Kliot 2012).
 *
 * @returns the block of each person
 */
export function blocksOf({ people, follows }: Graph, count: number): number[] {
  const neighbours = Array.from({ length: people }, () => [] as number[]);
  for (const [one, other] of follows) {
    neighbours[one]!.push(other);
    neighbours[other]!.push(one);
  }
  const room = (people / count) * SLACK;
  const sizes = new Array<number>(count).fill(0);
  const blocks = new Array<number>(people).fill(-1);
  for (const person of walk(neighbours)) {
    const near = new Array<number>(count).fill(0.001);
    for (const neighbour of neighbours[person]!) if (blocks[neighbour]! >= 0) near[blocks[neighbour]!]! += 1;
    const scores = near.map((found, block) => found * (1 - sizes[block]! / room));
    const best = scores.indexOf(Math.max(...scores));
    blocks[person] = best;
    sizes[best]! += 1;
  }
  return blocks;
}

/** Everybody, with neighbours one after another. */
function walk(neighbours: readonly number[][]): number[] {
  const order = new Set<number>();
  for (let start = 0; start < neighbours.length; start++) {
    if (order.has(start)) continue;
    const queue = [start];
    order.add(start);
    for (const person of queue) {
      for (const next of neighbours[person]!) {
        if (order.has(next)) continue;
        order.add(next);
        queue.push(next);
      }
    }
  }
  return [...order];
}

/** The people who satisfy the condition, numbered again, and the follows among them. */
export function part(
  { follows, isMutual }: Graph,
  blocks: readonly number[],
  holds: (block: number) => boolean,
): Graph {
  const numbers = new Map<number, number>();
  for (const [person, block] of blocks.entries()) if (holds(block)) numbers.set(person, numbers.size);
  const within = follows.flatMap(([one, other]) => {
    const pair = [numbers.get(one), numbers.get(other)] as const;
    return pair[0] === undefined || pair[1] === undefined ? [] : [[pair[0], pair[1]] as const];
  });
  return { people: numbers.size, follows: within, isMutual };
}
