import type { Executor } from '@tintype/postgres';
import type { ObjectStore } from '@tintype/s3';
import { findOpenUploads } from './upload.repository.ts';
import { INCOMING_PREFIX, incomingFolder, uploadOfIncoming } from './upload.rules.ts';

/** No form of a folder works any more when its hour is over for this long. */
const HOUR_MS = 3600 * 1000;

/**
 * Removes what forms brought after their upload was processed, refused, deleted or erased: a form works for its five minutes, and the
 * store asks nobody. Lists the incoming objects of past hours, in which there are those of at most a day.
 *
 * @param now in milliseconds since the epoch
 * @returns how many objects it removed
 */
export async function removeStrays(
  deps: { pool: Executor; store: Pick<ObjectStore, 'remove' | 'list' | 'listFolders'> },
  now: number,
  signal?: AbortSignal,
): Promise<number> {
  const { pool, store } = deps;
  const current = incomingFolder(now - HOUR_MS);
  let removed = 0;
  for (const folder of await store.listFolders(INCOMING_PREFIX)) {
    if (folder >= current) continue;
    for (let last: string | undefined; ; ) {
      const keys = await store.list(folder, last);
      if (keys.length === 0) break;
      last = keys.at(-1);
      const found = keys.map((key) => ({ key, upload: uploadOfIncoming(key) }));
      const open = await findOpenUploads(
        pool,
        found.flatMap(({ upload }) => upload ?? []),
      );
      for (const { key, upload } of found) {
        if (signal?.aborted) return removed;
        if (upload && open.has(upload.id)) continue;
        await store.remove(key);
        removed++;
      }
    }
  }
  return removed;
}
