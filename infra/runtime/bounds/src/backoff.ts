import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Milliseconds to wait after the n-th failure in a row, from 1: doubles up to `maxMs`, with jitter over its upper half.
 */
export function backoffMs(failures: number, baseMs = 100, maxMs = 5000, random = Math.random): number {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 20));
  return full / 2 + (random() * full) / 2;
}

/** Resolves after the time or at the abort, whichever is first. Never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
