import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { HashtagFollowService } from './hashtag-follow.service.ts';

const EVERY_MS = 2000;
/** Redis is away, or Postgres. */
const AFTER_FAULT_MS = 10_000;

/** Brings timelines in line with followed hashtags where the process that wrote them died or Redis was away. */
export function createSettleFollowsJob(deps: { follows: HashtagFollowService; log: Log }): Worker {
  const { follows, log } = deps;
  return createLoop({
    name: 'feed__hashtag-follows',
    everyMs: EVERY_MS,
    afterFaultMs: AFTER_FAULT_MS,
    log,
    async work(signal) {
      while (!signal.aborted && (await follows.settleOld()) > 0);
    },
  });
}
