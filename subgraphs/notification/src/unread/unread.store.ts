import { createHash } from 'node:crypto';
import type { Executor } from '@tintype/postgres';
import { createAsk, type RedisHandle } from '@tintype/redis';
import { counter } from '@tintype/telemetry';
import { findReader, type Reader } from '#reader/reader.repository.ts';
import { UNREAD_S, unreadKey } from './unread.keys.ts';

export type UnreadStore = {
  /** One question to Redis; one to Postgres where Redis does not know or is away. */
  find(recipientId: bigint): Promise<number>;
  /** What Postgres has now, for everyone to see. Never rejects: copies that are missed end by themselves. */
  publish(readers: readonly Reader[]): Promise<void>;
};

/** KEYS: copy. ARGV: seconds to live, version, count. An older copy never replaces a newer one. */
const PUT = `
local known = redis.call('GET', KEYS[1])
if not known or tonumber(string.match(known, '^%d+')) < tonumber(ARGV[2]) then
  redis.call('SET', KEYS[1], ARGV[2] .. ':' .. ARGV[3], 'EX', ARGV[1])
end
return 1`;

const PUT_SHA = createHash('sha1').update(PUT).digest('hex');

const reads = counter('notification_unread_reads_total', 'Unread counts that were read', ['from']);

export function createUnreadStore(deps: { redis: RedisHandle; pool: Executor }): UnreadStore {
  const { redis, pool } = deps;
  const { client } = redis;
  const ask = createAsk();

  const publish: UnreadStore['publish'] = async (readers) => {
    if (readers.length === 0) return;
    const batch = client.multi();
    for (const [index, { recipientId, version, unreadCount }] of readers.entries()) {
      const args = [String(UNREAD_S), String(version), String(unreadCount)];
      const call = { keys: [redis.key(unreadKey(recipientId))], arguments: args };
      // The first one brings the script to a Redis that was restarted.
      if (index === 0) batch.eval(PUT, call);
      else batch.evalSha(PUT_SHA, call);
    }
    await ask(() => batch.execAsPipeline()).catch(() => reads.inc({ from: 'unpublished' }));
  };

  return {
    publish,
    async find(recipientId) {
      const copy = await ask(() => client.get(redis.key(unreadKey(recipientId)))).catch(() => null);
      reads.inc({ from: copy ? 'redis' : 'postgres' });
      if (copy) return Number(copy.slice(copy.indexOf(':') + 1));
      const reader = (await findReader(pool, recipientId)) ?? {
        recipientId,
        version: 0n,
        unreadCount: 0,
        lastChangeId: 0n,
      };
      await publish([reader]);
      return reader.unreadCount;
    },
  };
}
