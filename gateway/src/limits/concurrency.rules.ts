/** What a process measured in one time window. */
export type LoadWindow = {
  /** How many requests ended. */
  ended: number;
  /** Their median duration in milliseconds, without the wait for admission. */
  medianMs: number;
  /** How many of them a subgraph refused because of overload. */
  overloaded: number;
  /** The most requests that ran at once. */
  peak: number;
  /** The share of the window in which the event loop was busy, 0 to 1. */
  utilization: number;
};

export const CONCURRENCY = { min: 8, start: 64, max: 500 };

/** Beyond this, more concurrency makes requests slower and nothing faster. */
const TARGET_MS = 250;
/**
 * Above this utilisation, requests wait for this process. Below it, they wait for something else, and fewer of them
 * would not help.
 */
const BUSY = 0.8;
/** With fewer requests, a window says nothing. */
const SAMPLES = 5;
/** The share of requests that a subgraph may refuse before it counts as overloaded. */
const REFUSED = 0.05;

/**
 * The concurrency limit for the next window: additive increase while the limit is reached, multiplicative decrease
 * while requests are slow for lack of processor time or refused by subgraphs. A slow dependency alone does not decrease
 * it, because its requests only wait.
 */
export function nextLimit(limit: number, seen: LoadWindow): number {
  if (seen.ended < SAMPLES) return limit;
  const isSlow = seen.medianMs > TARGET_MS && seen.utilization > BUSY;
  if (isSlow || seen.overloaded > seen.ended * REFUSED) return Math.max(CONCURRENCY.min, Math.floor(limit * 0.9));
  if (seen.peak < limit * 0.9) return limit;
  return Math.min(CONCURRENCY.max, limit + Math.max(1, Math.round(limit / 20)));
}

/** How long refused clients have to wait. */
export type Backoff = {
  /** The number of refused requests for each one that ends, averaged over the last windows. */
  refusedEach: number;
  waitS: number;
};

export const NO_BACKOFF: Backoff = { refusedEach: 0, waitS: 1 };

/** The number of windows over which refusals are averaged. */
const REMEMBERED = 8;
const SHORTEST_S = 1;
const LONGEST_S = 10;

/**
 * Each refusal takes time from admitted requests, so clients have to wait longer while more than one is refused for two
 * that end.
 */
export function nextBackoff({ refusedEach, waitS }: Backoff, seen: { ended: number; refused: number }): Backoff {
  const averaged = refusedEach + (seen.refused / Math.max(1, seen.ended) - refusedEach) / REMEMBERED;
  const next = averaged > 0.5 ? Math.min(waitS * 1.1, LONGEST_S) : Math.max(waitS * 0.97, SHORTEST_S);
  return { refusedEach: averaged, waitS: next };
}

/** Whole seconds around the wait, so that clients do not all return at once. @param random 0 to 1 */
export function retryAfterS({ waitS }: Backoff, random: number): number {
  return Math.max(SHORTEST_S, Math.round(waitS * (0.5 + random)));
}
