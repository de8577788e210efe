import { backoffMs } from '@tintype/bounds';

/** A message is abandoned after this many attempts or at this age. */
const MAX_ATTEMPTS = 10;
const MAX_AGE_MS = 24 * 60 * 60_000;
const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 60 * 60_000;

/** Pause while a mail server or a part of the platform is unavailable. Such failures do not count as attempts. */
const OUTAGE_MS = 30_000;

export function afterOutageMs(random = Math.random): number {
  return backoffMs(1, OUTAGE_MS, OUTAGE_MS, random);
}

export function isTooOld(changedMs: number, now: number): boolean {
  return now - changedMs > MAX_AGE_MS;
}

/**
 * How long to wait after a failed attempt. The pause doubles with each attempt and varies by half, so that messages
 * that failed together are not retried together. It is never shorter than the other side asked for.
 *
 * @param attempt 1 after the first attempt
 * @returns milliseconds; null if the message is abandoned
 */
export function retryAfterMs(attempt: number, askedMs = 0, random = Math.random): number | null {
  if (attempt >= MAX_ATTEMPTS || askedMs > MAX_AGE_MS) return null;
  return Math.max(backoffMs(attempt, FIRST_PAUSE_MS, LONGEST_PAUSE_MS, random), askedMs);
}
