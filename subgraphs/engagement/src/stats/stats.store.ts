import type { Executor } from '@tintype/postgres';
import { createRedisCaller, type RedisHandle } from '@tintype/redis';
import { counter } from '@tintype/telemetry';
import type { PostStats } from './stats.model.ts';
import { findStats, type StatsRow } from './stats.repository.ts';

export type StatsStore = {
  /**
   * Counts by post. Posts without engagement are left out. Takes one round trip to Redis, and one statement for what it
   * lacks.
   */
  find(postIds: readonly bigint[]): Promise<Map<bigint, PostStats>>;
  /** Copies counts to Redis. Never rejects, because copies that are out of date expire soon. */
  publish(rows: readonly StatsRow[]): Promise<void>;
};

/** If an update fails, the old copy is used for this long at most. */
const LIVE_S = 60;

/**
 * KEYS: copies. ARGV: time to live in seconds, then version and counts of each. An older copy never replaces a newer
 * one.
 */
const PUT = `
for i = 1, #KEYS do
  local known = redis.call('GET', KEYS[i])
  if not known or tonumber(string.match(known, '^%d+')) < tonumber(ARGV[2 * i]) then
    redis.call('SET', KEYS[i], ARGV[2 * i] .. ':' .. ARGV[2 * i + 1], 'EX', ARGV[1])
  end
end
return 1`;

const reads = counter('engagement_stats_reads_total', 'Counts of posts that were read, by source', ['from']);

export function createStatsStore(deps: { redis: RedisHandle; pool: Executor }): StatsStore {
  const { redis, pool } = deps;
  const { client } = redis;
  const callRedis = createRedisCaller();
  const statsKey = (postId: bigint) => redis.key(`engagement:stats:v1:{${postId}}`);

  const publish: StatsStore['publish'] = async (rows) => {
    if (rows.length === 0) return;
    const args = rows.flatMap((row) => [String(row.version), `${row.likeCount}:${row.commentCount}:${row.shareCount}`]);
    const call = { keys: rows.map((row) => statsKey(row.postId)), arguments: [String(LIVE_S), ...args] };
    await callRedis(() => client.eval(PUT, call)).catch(() => reads.inc({ from: 'unpublished' }));
  };

  const copies = async (postIds: readonly bigint[]): Promise<(string | null)[]> => {
    try {
      return await callRedis(() => client.mGet(postIds.map(statsKey)));
    } catch {
      return postIds.map(() => null);
    }
  };

  return {
    publish,
    async find(postIds) {
      const found = new Map<bigint, PostStats>();
      if (postIds.length === 0) return found;
      for (const [index, copy] of (await copies(postIds)).entries()) {
        if (copy) found.set(postIds[index]!, parse(copy));
      }
      const missing = postIds.filter((postId) => !found.has(postId));
      reads.inc({ from: 'redis' }, found.size);
      if (missing.length === 0) return found;
      const rows = await findStats(pool, missing);
      for (const row of rows) found.set(row.postId, row);
      reads.inc({ from: 'postgres' }, missing.length);
      await publish(withZeros(missing, rows));
      return found;
    },
  };
}

function parse(copy: string): PostStats {
  const [version, likes, comments, shares] = copy.split(':') as [string, string, string, string];
  return {
    version: BigInt(version),
    likeCount: Number(likes),
    commentCount: Number(comments),
    shareCount: Number(shares),
  };
}

/** Posts without engagement are cached, too, so that not every feed looks them up. */
function withZeros(postIds: readonly bigint[], rows: readonly StatsRow[]): StatsRow[] {
  const known = new Map(rows.map((row) => [row.postId, row]));
  return postIds.map(
    (postId) => known.get(postId) ?? { postId, likeCount: 0, commentCount: 0, shareCount: 0, version: 0n },
  );
}
