import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { VisibilityService } from './visibility.service.ts';

const EVERY_MS = 5000;

/** Reconciles accounts that were hidden before a commit in the user subgraph, if no event has confirmed the change. */
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
