import type { Executor } from '@tintype/postgres';
import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import { postpone } from './dirty.repository.ts';
import { forgetInactive } from './reader.repository.ts';
import { RefreshError, type RefreshService } from './refresh.service.ts';

const EVERY_MS = 1000;
const FORGET_EVERY_MS = 10 * 60_000;
const POSTPONED_MS = 5 * 60_000;

/** Computes suggestions that are due, one viewer after another. Several processes share the work. */
export function createRefreshJob(deps: { pool: Executor; refresh: RefreshService; log: Log }): Worker {
  const { pool, refresh, log } = deps;
  let forgottenAt = performance.now();
  return createLoop({
    name: 'social-graph__suggestion-refresh',
    everyMs: EVERY_MS,
    log,
    async work(signal) {
      try {
        while (!signal.aborted && (await refresh.nextDue()) !== null);
      } catch (error) {
        // Lets other viewers come first.
        if (error instanceof RefreshError) await postpone(pool, error.viewerId, POSTPONED_MS);
        throw error;
      }
      if (performance.now() - forgottenAt < FORGET_EVERY_MS) return;
      forgottenAt = performance.now();
      await forgetInactive(pool);
    },
  });
}
