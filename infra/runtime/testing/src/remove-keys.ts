import type { Resources } from '@tintype/service';

/**
 * Removes what one platform has in the Redis that test files share: `flushDb` would take the others' too, which run beside.
 *
 * @param pattern of names, as `redis.key` takes them
 */
export async function removeKeys({ client, key }: Resources['redis'], pattern = '*'): Promise<void> {
  for await (const keys of client.scanIterator({ MATCH: key(pattern), COUNT: 1000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
}
