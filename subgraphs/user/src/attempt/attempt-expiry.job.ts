import type { Executor } from '@tintype/postgres';
import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import { deleteStale } from './attempt.repository.ts';

const EVERY_MS = 10 * 60_000;
const BATCH = 1000;

/** Removes tries and networks that count no more. Several processes may do so at once. */
export function createAttemptExpiryJob({ pool, log }: { pool: Executor; log: Log }): Worker {
  return createLoop({
    name: 'user__attempt-expiry',
    everyMs: EVERY_MS,
    async work(signal) {
      while (!signal.aborted && (await deleteStale(pool, BATCH)) >= BATCH);
    },
    log,
  });
}
