/**
 * The damping factor: the chance that the walk follows a link rather than starting again. The value is from the paper.
 */
const DAMPING = 0.85;
/** The computation ends when all ranks together change by less than this in one step. */
const TOLERANCE = 1e-9;
/** Each step leaves 0.85 of the distance, so this many steps reach the tolerance from any start. */
const MOST_STEPS = 150;

/**
 * PageRank of each node: how often a random walk visits it. The walk follows a random link of the current node. With a
 * chance of 0.15, or if there is no link, it jumps to any node. S. Brin and L. Page, "The Anatomy of a Large-Scale
 * Hypertextual Web Search Engine", WWW 1998.
 *
 * @param links the numbers of the nodes that each node links to, without duplicates
 * @returns the rank of each node by number. The sum is 1
 */
export function pageRank(links: readonly (readonly number[])[]): number[] {
  const count = links.length;
  let ranks = new Array<number>(count).fill(1 / count);
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = new Array<number>(count).fill(0);
    let lost = 0;
    for (const [from, to] of links.entries()) {
      if (to.length === 0) lost += ranks[from]!;
      for (const node of to) next[node]! += ranks[from]! / to.length;
    }
    let moved = 0;
    for (let node = 0; node < count; node++) {
      next[node] = (1 - DAMPING) / count + DAMPING * (next[node]! + lost / count);
      moved += Math.abs(next[node]! - ranks[node]!);
    }
    ranks = next;
    if (moved < TOLERANCE) break;
  }
  return ranks;
}
