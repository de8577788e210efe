import type { Worker } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import type { ObjectStore } from '@tintype/s3';
import type { Log } from '@tintype/telemetry';
import { removeStrays } from './remove-strays.ts';
import { deleteUnused, listExpired } from './upload.repository.ts';
import { incomingKey } from './upload.rules.ts';

type Deps = { pool: Executor; store: Pick<ObjectStore, 'remove'> };
type JobDeps = { pool: Executor; store: Pick<ObjectStore, 'remove' | 'list' | 'listFolders'>; log: Log };

const EVERY_MS = 10 * 60_000;
const BATCH = 100;

/** Removes what was uploaded and never used, in batches, until the signal is aborted. @returns how much */
export async function removeExpired({ pool, store }: Deps, signal?: AbortSignal): Promise<number> {
  let removed = 0;
  for (;;) {
    const expired = await listExpired(pool, BATCH);
    for (const { ownerId, id, objectKey } of expired) {
      if (signal?.aborted) return removed;
      // The row last: what is interrupted between the two is found again.
      await store.remove(incomingKey(objectKey));
      await deleteUnused(pool, ownerId, id);
      removed++;
    }
    if (expired.length < BATCH) return removed;
  }
}

/** Removes what no post will have, every ten minutes; several processes may do so at once. */
export function createUploadExpiryJob(deps: JobDeps): Worker {
  const { log } = deps;
  let stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const once = async () => {
    try {
      const expired = await removeExpired(deps, stopping.signal);
      const strays = await removeStrays(deps, Date.now(), stopping.signal);
      if (expired + strays > 0) log.info({ expired, strays }, 'unused uploads removed');
    } catch (error) {
      log.error({ error }, 'unused uploads could not be removed; tried again later');
    }
    if (!stopping.signal.aborted) schedule();
  };
  const schedule = () => {
    timer = setTimeout(() => {
      running = once();
    }, EVERY_MS);
  };

  return {
    name: 'post__upload-expiry',
    async start() {
      stopping = new AbortController();
      schedule();
    },
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
