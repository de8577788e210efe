import { createPool } from '@tintype/postgres';
import type pg from 'pg';

/** Whatever is searched for, each of its statements is the same few scans of indexes, one after another. */
const SETTINGS = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  max_parallel_workers_per_gather: '0',
};

/**
 * Connections for searches, which plan a statement once and not for each question: planning takes Postgres more than twice as long as the
 * search itself. Generic plans would be wrong for statements whose best plan depends on their values, so nothing else goes over them.
 */
export function openSearchPool(options: { url: string; max: number }): pg.Pool {
  return createPool({
    ...options,
    share: Math.ceil(options.max / 2),
    applicationName: 'search-reader',
    settings: SETTINGS,
  });
}
