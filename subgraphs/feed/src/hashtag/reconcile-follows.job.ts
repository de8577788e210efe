import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { HashtagFollowService } from './hashtag-follow.service.ts';

const EVERY_MS = 2000;
/** Used while Redis or Postgres is unavailable. */
const AFTER_FAULT_MS = 10_000;

/** Updates timelines with followed hashtags if the process that wrote the follow died or Redis was unavailable. */
export function createReconcileFollowsJob(deps: { follows: HashtagFollowService; log: Log }): Worker {
  const { follows, log } = deps;
  return createLoop({
    name: 'feed__hashtag-follows',
    everyMs: EVERY_MS,
    afterFaultMs: AFTER_FAULT_MS,
    log,
    async work(signal) {
      while (!signal.aborted && (await follows.reconcileOverdue()) > 0);
    },
  });
}
