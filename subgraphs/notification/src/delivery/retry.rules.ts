/** After so many tries, or when it is older than this, nobody waits for it any more. */
const MAX_ATTEMPTS = 10;
const MAX_AGE_MS = 24 * 60 * 60_000;
const FIRST_MS = 15_000;
const LONGEST_MS = 60 * 60_000;

/** While a mail server or a part of the platform is away, which counts as no try. */
const OUTAGE_MS = 30_000;

export function afterOutageMs(random = Math.random): number {
  return OUTAGE_MS * (0.5 + random() / 2);
}

export function isTooOld(changedMs: number, now: number): boolean {
  return now - changedMs > MAX_AGE_MS;
}

/**
 * How long to wait after a try that failed: doubled with each, and between half of it and all of it, so that what failed together does
 * not come back together; never sooner than the other side asked for.
 *
 * @param attempt 1 after the first
 * @returns milliseconds; null where it is not worth another try
 */
export function retryAfterMs(attempt: number, askedMs = 0, random = Math.random): number | null {
  if (attempt >= MAX_ATTEMPTS || askedMs > MAX_AGE_MS) return null;
  const wait = Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS);
  return Math.max(wait * (0.5 + random() / 2), askedMs);
}
