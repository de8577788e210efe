import type { Executor } from '@tintype/postgres';
import { createLoop, type Worker } from '@tintype/service';
import { gauge, type Log } from '@tintype/telemetry';
import { countWaiting } from './case.repository.ts';

const EVERY_MS = 30_000;

const waiting = gauge(
  'moderation_waiting',
  'Cases of reports and appeals that wait for a moderator, and decisions that have not taken effect',
  ['what'],
);

/** Measures how many cases wait for moderators, and how many decisions have not taken effect. */
export function createCountWaitingJob({ pool, log }: { pool: Executor; log: Log }): Worker {
  return createLoop({
    name: 'moderation__count-waiting',
    everyMs: EVERY_MS,
    log,
    async work() {
      for (const [what, count] of Object.entries(await countWaiting(pool))) waiting.set({ what }, count);
    },
  });
}
