import type { SubgraphClient } from '@tintype/graphql';
import { createLoop, type Loop } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type pg from 'pg';
import { refreshCounts } from './count.service.ts';

const EVERY_MS = 1000;

/** Refreshes the counts from which popularity is computed. */
export function createRefreshCountsJob(deps: {
  pool: pg.Pool;
  client: SubgraphClient;
  changed(): void;
  log: Log;
}): Loop {
  return createLoop({
    name: 'search__counts',
    everyMs: EVERY_MS,
    log: deps.log,
    async work(signal) {
      if ((await refreshCounts(deps, signal)) > 0) deps.changed();
    },
  });
}
