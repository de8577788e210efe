import type { Resources } from '@tintype/service';

/**
 * Removes the keys of one platform from the Redis that test files share. `flushDb` would also remove those of files
 * that run at the same time.
 *
 * @param pattern of names, as for `redis.key`
 */
export async function removeKeys({ client, key }: Resources['redis'], pattern = '*'): Promise<void> {
  for await (const keys of client.scanIterator({ MATCH: key(pattern), COUNT: 1000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
}
