/** How likely somebody who follows links goes on rather than starts anew: the value of the paper. */
const DAMPING = 0.85;
/** Ranks that move by less all together are those of the next step, too. */
const TOLERANCE = 1e-9;
/** Each step takes 0.85 of the distance: so many are enough for the tolerance from any start. */
const MOST_STEPS = 150;

/**
 * PageRank of each node: how often a walk is there that follows a random link of where it is, or, with a chance of 0.15 and where there is
 * no link, goes anywhere. S. Brin and L. Page, "The Anatomy of a Large-Scale Hypertextual Web Search Engine", WWW 1998.
 *
 * @param links of each node, those that it links to, by number; each once
 * @returns by number; all together 1
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
