import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { OverdueService } from './overdue.service.ts';

const EVERY_MS = 30_000;

/** Sees to it that no post stays PROCESSING for good, whatever became of its event. */
export function createOverdueJob(deps: { overdue: OverdueService; log: Log }): Worker {
  const { overdue, log } = deps;
  return createLoop({ name: 'post__overdue', everyMs: EVERY_MS, work: (signal) => overdue.decide(signal), log });
}
