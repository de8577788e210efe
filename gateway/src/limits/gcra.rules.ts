/** The rate at which a bucket fills (tokens per second), and how much it holds. */
export type Rate = { perSecond: number; burst: number };

/** The number of tokens to take from the named bucket. */
export type Take = { bucket: string; rate: Rate; tokens: number };

/** Milliseconds until enough tokens are available, or 0 if they were taken. */
export type WaitMs = number;

/**
 * A token bucket stored as one number, the time at which it will be full (GCRA, the generic cell rate algorithm).
 *
 * @param fullAt ms since the epoch. Any time in the past means a full bucket
 */
export function takeTokens(fullAt: number, take: Take, nowMs: number): { waitMs: WaitMs; fullAt: number } {
  const { rate } = take;
  const msPerToken = 1000 / rate.perSecond;
  // A request that costs more than a full bucket takes all of it, or it could never run.
  const tokens = Math.min(take.tokens, rate.burst);
  const next = Math.max(fullAt, nowMs) + tokens * msPerToken;
  const waitMs = Math.ceil(next - nowMs - rate.burst * msPerToken - 1e-6);
  return waitMs > 0 ? { waitMs, fullAt } : { waitMs: 0, fullAt: next };
}
