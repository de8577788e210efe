import type { Worker } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import type { ObjectStore } from '@tintype/s3';
import type { Log } from '@tintype/telemetry';
import { deleteUnused, listExpired } from './upload.repository.ts';

const EVERY_MS = 10 * 60_000;
const BATCH = 100;

/** Removes what was uploaded and never used. @returns how much */
export async function removeExpired(deps: { pool: Executor; store: ObjectStore }): Promise<number> {
  const { pool, store } = deps;
  let removed = 0;
  for (;;) {
    const expired = await listExpired(pool, BATCH);
    for (const { ownerId, id, objectKey } of expired) {
      // The row first: an upload that is used at this moment keeps its object.
      if (!(await deleteUnused(pool, ownerId, id))) continue;
      await store.remove(objectKey);
      removed++;
    }
    if (expired.length < BATCH) return removed;
  }
}

/** Looks every ten minutes; several processes may do so at once. */
export function createUploadExpiryJob(deps: { pool: Executor; store: ObjectStore; log: Log }): Worker {
  const { log } = deps;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const once = async () => {
    try {
      const removed = await removeExpired(deps);
      if (removed > 0) log.info({ removed }, 'unused uploads removed');
    } catch (error) {
      log.error({ error }, 'unused uploads could not be removed; tried again later');
    }
  };
  return {
    name: 'post__upload-expiry',
    async start() {
      timer = setInterval(() => {
        running = once();
      }, EVERY_MS);
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
