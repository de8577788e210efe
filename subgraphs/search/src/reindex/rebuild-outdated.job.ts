import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type pg from 'pg';
import type { SearchIndex } from '#search-index/search-index.ts';
import { ANALYSER } from '#text/analyser.ts';
import { buildCollection, ReindexRunsError, withReindexLock } from './collection-build.service.ts';
import { clearSteps } from './reindex-step.repository.ts';

const EVERY_MS = 5000;

/**
 * Rebuilds collections that an older `ANALYSER` built, because queries are folded in the new way. Checks until no
 * collection is outdated, and then stops: the analyser cannot change while the process runs.
 *
 * @param deps.index the Postgres driver. Typesense is renewed by its copier
 */
export function createRebuildOutdatedJob(deps: { pool: pg.Pool; index: SearchIndex; log: Log }): Worker {
  const { pool, index, log } = deps;
  let done = false;

  async function renew(signal: AbortSignal): Promise<void> {
    const outdated = (await index.state()).filter(({ isOutdated }) => isOutdated.live).map((state) => state.collection);
    if (outdated.length === 0) return;
    log.info({ collections: outdated, analyser: ANALYSER }, 'The search index is rebuilt for a new analyser.');
    for (const collection of outdated) {
      await buildCollection({ pool, index, signal, report: () => undefined }, collection);
    }
    await clearSteps(pool, outdated);
    log.info({ collections: outdated, analyser: ANALYSER }, 'The search index was rebuilt.');
  }

  return createLoop({
    name: 'search__renew-outdated',
    everyMs: EVERY_MS,
    log,
    async work(signal) {
      if (done) return;
      try {
        await index.ensure();
        await withReindexLock(pool, () => renew(signal));
        done = true;
      } catch (error) {
        // Another process, possibly of an older release, is reindexing: checks again later.
        if (!(error instanceof ReindexRunsError)) throw error;
      }
    },
  });
}
