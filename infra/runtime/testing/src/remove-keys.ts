import type { Resources } from '@tintype/service';

/** In one step, as when Redis is emptied, so that it cannot remove only a part of what a worker writes meanwhile. */
const REMOVE = `
local keys = redis.call('KEYS', ARGV[1])
for _, key in ipairs(keys) do redis.call('UNLINK', key) end
return #keys`;

/**
 * Removes the keys of one platform from the Redis that test files share. `flushDb` would also remove those of files
 * that run at the same time.
 *
 * @param pattern of names, as for `redis.key`
 * @returns how many there were
 */
export async function removeKeys({ client, key }: Resources['redis'], pattern = '*'): Promise<number> {
  return (await client.eval(REMOVE, { arguments: [key(pattern)] })) as number;
}
