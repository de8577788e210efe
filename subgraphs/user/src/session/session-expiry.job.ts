import type { Executor } from '@tintype/postgres';
import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import { deleteExpired } from './session.repository.ts';

const EVERY_MS = 10 * 60_000;
const BATCH = 1000;

/** Removes sessions that are over. Several processes may do so at once. */
export function createSessionExpiryJob({ pool, log }: { pool: Executor; log: Log }): Worker {
  return createLoop({
    name: 'user__session-expiry',
    everyMs: EVERY_MS,
    async work(signal) {
      while (!signal.aborted && (await deleteExpired(pool, BATCH)) >= BATCH);
    },
    log,
  });
}
