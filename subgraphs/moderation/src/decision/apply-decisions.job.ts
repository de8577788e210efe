import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { DecisionService } from './decision.service.ts';

const EVERY_MS = 5000;

/** Applies decisions whose mutation could not: the owner of the target was unavailable, or the process died. */
export function createApplyDecisionsJob(deps: { decisions: DecisionService; log: Log }): Worker {
  const { decisions, log } = deps;
  return createLoop({
    name: 'moderation__apply-decisions',
    everyMs: EVERY_MS,
    log,
    async work(signal) {
      while (!signal.aborted && (await decisions.applyDue()) > 0);
    },
  });
}
