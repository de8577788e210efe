import type { Executor } from '@tintype/postgres';
import type { ObjectStore } from '@tintype/s3';
import { findOpenUploads } from './upload.repository.ts';
import { INCOMING_PREFIX, incomingFolder, parseIncomingKey } from './upload.rules.ts';

/** An hour after the end of a folder's hour, all forms of the folder have expired. */
const HOUR_MS = 3600 * 1000;

/**
 * Removes objects that forms wrote after their upload was processed, refused, deleted or erased. A form can be used for
 * five minutes whatever happens to its upload. It lists the incoming objects of past hours, which are those of at most
 * a day.
 *
 * @param now in milliseconds since the epoch
 * @returns how many objects it removed
 */
export async function removeOrphanedObjects(
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
      const found = keys.map((key) => ({ key, upload: parseIncomingKey(key) }));
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
