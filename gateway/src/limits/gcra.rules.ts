/** How fast a bucket fills (tokens per second) and how much it holds. */
export type Rate = { perSecond: number; burst: number };

/** Tokens wanted of the bucket of this name. */
export type Take = { bucket: string; rate: Rate; tokens: number };

/** Milliseconds until the tokens would be there; 0 where they were taken. */
export type WaitMs = number;

/**
 * A token bucket kept as one number, the moment at which it will be full (GCRA, the generic cell rate algorithm).
 *
 * @param fullAt ms since the epoch; any time in the past for a full bucket
 */
export function takeTokens(fullAt: number, take: Take, nowMs: number): { waitMs: WaitMs; fullAt: number } {
  const { rate } = take;
  const msPerToken = 1000 / rate.perSecond;
  // What costs more than a full bucket holds takes all of it: it must be possible at some time.
  const tokens = Math.min(take.tokens, rate.burst);
  const next = Math.max(fullAt, nowMs) + tokens * msPerToken;
  const waitMs = Math.ceil(next - nowMs - rate.burst * msPerToken - 1e-6);
  return waitMs > 0 ? { waitMs, fullAt } : { waitMs: 0, fullAt: next };
}
