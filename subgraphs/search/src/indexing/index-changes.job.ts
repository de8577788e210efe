import { createLoop, type Loop } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type pg from 'pg';
import type { SearchIndex } from '#search-index/search-index.ts';
import { indexChanges } from './index-changes.service.ts';

/** For changes that another process recorded, or that could not be written. */
const EVERY_MS = 500;

/** Writes changes into the index as soon as they are recorded. */
export function createIndexChangesJob(deps: { pool: pg.Pool; index: SearchIndex; log: Log }): Loop {
  let ready = false;
  return createLoop({
    name: 'search__index',
    everyMs: EVERY_MS,
    log: deps.log,
    async work(signal) {
      if (!ready) await deps.index.ensure();
      ready = true;
      await indexChanges(deps, signal);
    },
  });
}
