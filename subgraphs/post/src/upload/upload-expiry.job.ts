import type { Executor } from '@tintype/postgres';
import type { ObjectStore } from '@tintype/s3';
import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import { removeOrphanedObjects } from './remove-orphaned-objects.ts';
import { deleteUnused, listExpired } from './upload.repository.ts';
import { incomingKey } from './upload.rules.ts';

type Deps = { pool: Executor; store: Pick<ObjectStore, 'remove'> };
type JobDeps = { pool: Executor; store: Pick<ObjectStore, 'remove' | 'list' | 'listFolders'>; log: Log };

const EVERY_MS = 10 * 60_000;
const BATCH = 100;

/** Removes uploads that expired unused, in batches, until the signal is aborted. @returns how many it removed */
export async function removeExpired({ pool, store }: Deps, signal?: AbortSignal): Promise<number> {
  let removed = 0;
  for (;;) {
    const expired = await listExpired(pool, BATCH);
    for (const upload of expired) {
      if (signal?.aborted) return removed;
      // Delete the row last: if the job is interrupted, the next run finds the upload again.
      await store.remove(incomingKey(upload));
      await deleteUnused(pool, upload);
      removed++;
    }
    if (expired.length < BATCH) return removed;
  }
}

/** Removes unused uploads every ten minutes. Several processes may run it at the same time. */
export function createUploadExpiryJob(deps: JobDeps): Worker {
  const { log } = deps;
  return createLoop({
    name: 'post__upload-expiry',
    everyMs: EVERY_MS,
    log,
    async work(signal) {
      const expired = await removeExpired(deps, signal);
      const orphaned = await removeOrphanedObjects(deps, Date.now(), signal);
      if (expired + orphaned > 0) log.info({ expired, orphaned }, 'Unused uploads were removed.');
    },
  });
}
