import { backoffMs } from '@tintype/bounds';

/** A mail is abandoned after this many attempts or at this age: by then, whoever waited for it has asked again. */
const MAX_ATTEMPTS = 8;
const MAX_AGE_MS = 24 * 60 * 60_000;
const FIRST_PAUSE_MS = 5_000;
/** With eight attempts, the longest pause is about five minutes. */
const LONGEST_PAUSE_MS = 10 * 60_000;
/** Pause while the mail server is unavailable. */
const OUTAGE_MS = 15_000;

/**
 * How long to wait after a failed attempt. The pause doubles with each attempt and varies by half.
 *
 * @returns milliseconds; null if the mail is abandoned
 */
export function retryAfterMs(
  { attempts, createdAt }: { attempts: number; createdAt: Date },
  isOutage: boolean,
  now: number,
): number | null {
  if (now - createdAt.getTime() > MAX_AGE_MS || (!isOutage && attempts >= MAX_ATTEMPTS)) return null;
  return isOutage ? backoffMs(1, OUTAGE_MS, OUTAGE_MS) : backoffMs(attempts, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
}
