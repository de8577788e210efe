/** What a process saw of its requests in one window of time. */
export type LoadWindow = {
  /** Requests that ended. */
  ended: number;
  /** Their median time in milliseconds, without the wait for admission. */
  medianMs: number;
  /** Of them, how many were told by a subgraph that it has too much to do. */
  overloaded: number;
  /** The most requests that ran at once. */
  peak: number;
  /** Part of the window in which the event loop was busy, 0 to 1. */
  utilization: number;
};

export const CONCURRENCY = { min: 8, start: 64, max: 500 };

/** Beyond this, more at once makes requests slower and nothing faster. */
const TARGET_MS = 250;
/** A process that is busier than this is what its requests wait for; below, they wait for something else, and fewer would not help. */
const BUSY = 0.8;
/** Fewer requests in a window say nothing. */
const SAMPLES = 5;
/** Part of the requests that a subgraph may refuse before it counts as overloaded. */
const REFUSED = 0.05;

/**
 * How many requests may run at once from now on: additive increase while the limit is used, multiplicative decrease while requests are slow
 * for want of processor time, or subgraphs refuse them. A slow dependency alone decreases nothing: its requests only wait.
 */
export function nextLimit(limit: number, seen: LoadWindow): number {
  if (seen.ended < SAMPLES) return limit;
  const isSlow = seen.medianMs > TARGET_MS && seen.utilization > BUSY;
  if (isSlow || seen.overloaded > seen.ended * REFUSED) return Math.max(CONCURRENCY.min, Math.floor(limit * 0.9));
  if (seen.peak < limit * 0.9) return limit;
  return Math.min(CONCURRENCY.max, limit + Math.max(1, Math.round(limit / 20)));
}

/** How long refused clients are sent away for. */
export type Backoff = {
  /** Requests that are refused for each one that ends, averaged over the last windows. */
  refusedEach: number;
  waitS: number;
};

export const NO_BACKOFF: Backoff = { refusedEach: 0, waitS: 1 };

/** Windows over which refusals are averaged. */
const REMEMBERED = 8;
const SHORTEST_S = 1;
const LONGEST_S = 10;

/** Refusing takes time from what is admitted, so clients come later while more than one is refused for two that end. */
export function nextBackoff({ refusedEach, waitS }: Backoff, seen: { ended: number; refused: number }): Backoff {
  const averaged = refusedEach + (seen.refused / Math.max(1, seen.ended) - refusedEach) / REMEMBERED;
  const next = averaged > 0.5 ? Math.min(waitS * 1.1, LONGEST_S) : Math.max(waitS * 0.97, SHORTEST_S);
  return { refusedEach: averaged, waitS: next };
}

/** Whole seconds around the wait, so that not all come again at once. @param random 0 to 1 */
export function retryAfterS({ waitS }: Backoff, random: number): number {
  return Math.max(SHORTEST_S, Math.round(waitS * (0.5 + random)));
}
