import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { VisibilityService } from './visibility.service.ts';

const EVERY_MS = 5000;

/** Reconciles accounts that were hidden ahead of a commit in the user subgraph that no event has confirmed. */
export function createReconcileVisibilityJob(deps: { visibility: VisibilityService; log: Log }): Worker {
  const { visibility, log } = deps;
  return createLoop({
    name: 'social-graph__reconcile-visibility',
    everyMs: EVERY_MS,
    log,
    async work(signal) {
      while (!signal.aborted && (await visibility.reconcile(signal)) > 0);
    },
  });
}
