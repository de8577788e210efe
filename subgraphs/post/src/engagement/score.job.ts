import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { ScoreService } from './score.service.ts';

const EVERY_MS = 1000;
/** Engagement is away, or Postgres: nobody waits for a score. */
const AFTER_FAULT_MS = 15_000;

/** Looks every second for posts whose scores are due; several processes may do so at once. */
export function createScoreJob(deps: { scores: ScoreService; log: Log }): Worker {
  const { scores, log } = deps;
  return createLoop({
    name: 'post__scores',
    everyMs: EVERY_MS,
    afterFaultMs: AFTER_FAULT_MS,
    log,
    async work(signal) {
      while (!signal.aborted && (await scores.settle()) > 0);
    },
  });
}
