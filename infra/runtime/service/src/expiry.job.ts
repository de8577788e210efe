import type { Worker } from '@tintype/events';
import type { Log } from '@tintype/telemetry';
import { createLoop } from './loop.ts';

const EVERY_MS = 10 * 60_000;
const BATCH = 1000;

/**
 * Removes expired rows every ten minutes until none is left. Several processes may do so at the same time.
 *
 * @param deps.remove removes at most this many rows, and returns how many
 */
export function createExpiryJob(deps: { name: string; remove(limit: number): Promise<number>; log: Log }): Worker {
  const { name, remove, log } = deps;
  return createLoop({
    name,
    everyMs: EVERY_MS,
    async work(signal) {
      while (!signal.aborted && (await remove(BATCH)) >= BATCH);
    },
    log,
  });
}
