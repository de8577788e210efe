import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { OverduePostService } from './overdue-post.service.ts';

const EVERY_MS = 30_000;

/** Makes sure that no post stays PROCESSING forever, even if its event was lost. */
export function createOverduePostJob(deps: { overdue: OverduePostService; log: Log }): Worker {
  const { overdue, log } = deps;
  return createLoop({ name: 'post__overdue', everyMs: EVERY_MS, work: (signal) => overdue.resolveAll(signal), log });
}
