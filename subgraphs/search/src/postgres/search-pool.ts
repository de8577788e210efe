import { createPool } from '@tintype/postgres';
import type pg from 'pg';

/** For any query, each of these statements is the same few index scans, one after another. */
const SETTINGS = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  max_parallel_workers_per_gather: '0',
};

/**
 * Connections for searches, which plan a statement once instead of for each query. Planning takes Postgres more than
 * twice as long as the search itself. Statements whose best plan depends on their values must not use these
 * connections.
 */
export function openSearchPool(options: { url: string; max: number }): pg.Pool {
  return createPool({
    ...options,
    quota: Math.ceil(options.max / 2),
    applicationName: 'search-reader',
    settings: SETTINGS,
  });
}
