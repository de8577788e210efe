import type { Executor } from '@tintype/postgres';
import { createLoop, type Worker } from '@tintype/service';
import { gauge, type Log } from '@tintype/telemetry';
import { markFollowers, oldestChange } from './change.repository.ts';
import { DEBOUNCE } from './suggestion.rules.ts';

const EVERY_MS = 1000;

const age = gauge(
  'tintype_suggestion_change_age_seconds',
  'Age of the oldest change of follows for which the followers of the person are not marked',
  [],
);

/** Marks the followers of people whose follows changed. Several processes share the work. */
export function createMarkFollowersJob(deps: { pool: Executor; log: Log }): Worker {
  const { pool, log } = deps;
  return createLoop({
    name: 'social-graph__suggestion-followers',
    everyMs: EVERY_MS,
    log,
    async work(signal) {
      while (!signal.aborted) {
        age.set(await oldestChange(pool));
        if ((await markFollowers(pool, DEBOUNCE)) === 0) return;
      }
    },
  });
}
