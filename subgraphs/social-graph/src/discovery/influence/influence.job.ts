import type { Executor } from '@tintype/postgres';
import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { InfluenceService } from './influence.service.ts';
import { pruneTopicPosts } from './topic.repository.ts';

const EVERY_MS = 2_000;
const PRUNE_EVERY_MS = 60 * 60_000;

/** Computes topics that are due, one after another. Several processes share the work. */
export function createInfluenceJob(deps: { pool: Executor; influence: InfluenceService; log: Log }): Worker {
  const { pool, influence, log } = deps;
  let prunedAt = 0;
  return createLoop({
    name: 'social-graph__influence',
    everyMs: EVERY_MS,
    log,
    async work(signal) {
      while (!signal.aborted && (await influence.nextDue()) !== null);
      if (Date.now() - prunedAt < PRUNE_EVERY_MS) return;
      prunedAt = Date.now();
      while (!signal.aborted && (await pruneTopicPosts(pool)) > 0);
    },
  });
}
