import { databaseSettings, type PlatformConfig, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type pg from 'pg';
import { createPostgresIndex } from '#postgres/postgres.index.ts';
import { openSearchPool } from '#postgres/search-pool.ts';
import { createRebuildOutdatedJob } from '#reindex/rebuild-outdated.job.ts';
import { createMirrorJob } from '#typesense-mirror/mirror.job.ts';
import { enqueue } from '#typesense-mirror/mirror.repository.ts';
import { createMirror } from '#typesense-mirror/mirror.service.ts';
import { createMirrorLag } from '#typesense-mirror/mirror-lag.ts';
import { createFallbackIndex } from './fallback-index.ts';
import type { SearchIndex } from './search-index.ts';

export type OpenedIndex = {
  index: SearchIndex;
  /** Jobs that some process has to run for the index. */
  workers: Worker[];
  close(): Promise<void>;
};

/** The configured index: Typesense with Postgres behind it, or Postgres alone. */
export async function openSearchIndex(deps: {
  config: Pick<PlatformConfig, 'namespace' | 'of'>;
  databaseUrl: string;
  /** Null if Postgres searches. */
  typesense: { urls: string[]; apiKey: string } | null;
  pool: pg.Pool;
  log: Log;
}): Promise<OpenedIndex> {
  const { config, databaseUrl, typesense: address, pool, log } = deps;
  const searchPool = openSearchPool({ url: databaseUrl, max: config.of(databaseSettings).pool });
  const postgres = createPostgresIndex({ pool, searchPool });
  const renewing = createRebuildOutdatedJob({ pool, index: postgres, log });
  if (address === null) return { index: postgres, workers: [renewing], close: () => searchPool.end() };
  // Imported only if it is needed: the client takes 10 MB.
  const { createTypesenseIndex } = await import('#typesense/typesense.index.ts');
  const typesense = createTypesenseIndex({ ...address, namespace: config.namespace });
  const job = createMirrorJob({ mirror: createMirror({ pool, typesense, log }), typesense, log });
  const index = createFallbackIndex({
    typesense,
    postgres,
    log,
    ...createMirrorLag({ pool }),
    async enqueue(collection, ids) {
      await enqueue(pool, collection, ids);
      job.wake();
    },
  });
  return {
    index,
    workers: [renewing, job],
    async close() {
      await typesense.close();
      await searchPool.end();
    },
  };
}
