import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { ScoreService } from './score.service.ts';

const EVERY_MS = 1000;
/** Engagement or Postgres is unavailable. Scores are not urgent, so we wait longer. */
const AFTER_FAULT_MS = 15_000;

/** Refreshes stale scores every second. Several processes may run it at the same time. */
export function createScoreJob(deps: { scores: ScoreService; log: Log }): Worker {
  const { scores, log } = deps;
  return createLoop({
    name: 'post__scores',
    everyMs: EVERY_MS,
    afterFaultMs: AFTER_FAULT_MS,
    log,
    async work(signal) {
      while (!signal.aborted && (await scores.refreshStale()) > 0);
    },
  });
}
