import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { VisibilityService } from './visibility.service.ts';

const EVERY_MS = 5000;

/** Finds out what became of accounts that were hidden ahead of a commit of which no event has told. */
export function createSettleVisibilityJob(deps: { visibility: VisibilityService; log: Log }): Worker {
  const { visibility, log } = deps;
  return createLoop({
    name: 'social-graph__settle-visibility',
    everyMs: EVERY_MS,
    log,
    async work(signal) {
      while (!signal.aborted && (await visibility.settle(signal)) > 0);
    },
  });
}
