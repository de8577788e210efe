import { createHash } from 'node:crypto';
import type { Executor } from '@tintype/postgres';
import { createRedisCaller, type RedisHandle } from '@tintype/redis';
import { counter } from '@tintype/telemetry';
import { findRecipient, type Recipient } from '#reconcile/recipient.repository.ts';
import { UNREAD_S, unreadKey } from './unread.keys.ts';

export type UnreadStore = {
  /** Reads from Redis, or from Postgres if Redis has no copy or is unavailable. */
  find(recipientId: bigint): Promise<number>;
  /** Copies committed counts to Redis. Never rejects, because old copies expire. */
  publish(recipients: readonly Recipient[]): Promise<void>;
};

/** KEYS: copy. ARGV: time to live in seconds, version, count. An older version never replaces a newer one. */
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
  const callRedis = createRedisCaller();

  const publish: UnreadStore['publish'] = async (recipients) => {
    if (recipients.length === 0) return;
    const batch = client.multi();
    for (const [index, { recipientId, version, unreadCount }] of recipients.entries()) {
      const args = [String(UNREAD_S), String(version), String(unreadCount)];
      const call = { keys: [redis.key(unreadKey(recipientId))], arguments: args };
      // The first call loads the script, in case Redis was restarted.
      if (index === 0) batch.eval(PUT, call);
      else batch.evalSha(PUT_SHA, call);
    }
    await callRedis(() => batch.execAsPipeline()).catch(() => reads.inc({ from: 'unpublished' }));
  };

  return {
    publish,
    async find(recipientId) {
      const copy = await callRedis(() => client.get(redis.key(unreadKey(recipientId)))).catch(() => null);
      reads.inc({ from: copy ? 'redis' : 'postgres' });
      if (copy) return Number(copy.slice(copy.indexOf(':') + 1));
      const recipient = (await findRecipient(pool, recipientId)) ?? {
        recipientId,
        version: 0n,
        unreadCount: 0,
        lastChangeId: 0n,
      };
      await publish([recipient]);
      return recipient.unreadCount;
    },
  };
}
