import type { RedisHandle } from '@tintype/redis';
import type { InteractionGroup } from './interaction.rules.ts';
import { activeKey, authorsKey, baseKey, seenKey, shortKey } from './trend.keys.ts';
import { type Counter, NOTHING, type TrendKind, type TrendWindow, WINDOWS } from './trend.rules.ts';

/** The counters from which trends are computed. */
export type TrendStore = {
  /** Counts people who are not counted yet, so calls can be repeated. */
  record(groups: readonly InteractionGroup[]): Promise<void>;
  /** Hashtags or posts with recent interactions, at most `MAX_ACTIVE`, with both counters. */
  active(
    kind: TrendKind,
    window: TrendWindow,
    nowMs: number,
  ): Promise<{ key: string; short: Counter; base: Counter }[]>;
  /** How many people published with each of these hashtags in this time bucket and the one before. */
  authorCounts(window: TrendWindow, keys: readonly string[], nowMs: number): Promise<number[]>;
};

/** If there are more, those whose last interaction is oldest are left out. */
const MAX_ACTIVE = 2000;
/** How many scripts run at once. */
const AT_ONCE = 200;
/** How many buckets the counted people are stored for, and how many half-lives a counter. */
const SEEN_BUCKETS = 2;
const KEPT_HALF_LIVES = 6;

/**
 * KEYS: seen, short, base, active, authors. ARGV: half-lives of short and base, time to live of seen and authors in
 * milliseconds, time to live of a counter in half-lives, member, number of authors, then pairs of actor and time with
 * the authors first. A HyperLogLog tells whether an actor was counted. It is wrong for about one in a hundred at first.
 * Beyond ten thousand people in a bucket it misses more and more new ones, which only slows counts that are at the top
 * anyway.
 */
const RECORD = `
local halfLives = { tonumber(ARGV[1]), tonumber(ARGV[2]) }
local counters, newest = {}, 0
for n = 1, 2 do
  local known = redis.call('HMGET', KEYS[n + 1], 'value', 'at')
  counters[n] = { tonumber(known[1] or 0), tonumber(known[2] or 0) }
end
for i = 7, #ARGV, 2 do
  local at = tonumber(ARGV[i + 1])
  if redis.call('PFADD', KEYS[1], ARGV[i]) == 1 then
    newest = math.max(newest, at)
    for n, counter in ipairs(counters) do
      local value, last = counter[1], counter[2]
      if at >= last then counters[n] = { value * 2 ^ ((last - at) / halfLives[n]) + 1, at }
      else counters[n] = { value + 2 ^ ((at - last) / halfLives[n]), last } end
    end
  end
  if i < 7 + 2 * tonumber(ARGV[6]) then redis.call('PFADD', KEYS[5], ARGV[i]) end
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[5], ARGV[3])
if newest == 0 then return 0 end
for n, counter in ipairs(counters) do
  redis.call('HSET', KEYS[n + 1], 'value', string.format('%.17g', counter[1]), 'at', string.format('%d', counter[2]))
  redis.call('PEXPIRE', KEYS[n + 1], string.format('%d', halfLives[n] * tonumber(ARGV[4])))
end
redis.call('ZADD', KEYS[4], 'GT', string.format('%d', newest), ARGV[5])
return 1`;

export function createTrendStore({ client, key: keyOf }: RedisHandle): TrendStore {
  const recordOne = (group: InteractionGroup): Promise<unknown> => {
    const { kind, key, baseOf, window, bucket, actors, authorIds } = group;
    const { short, base, bucket: bucketMs } = WINDOWS[window];
    const keys = [
      seenKey(kind, window, key, bucket),
      shortKey(kind, window, key),
      baseKey(kind, window, baseOf),
      activeKey(kind, window),
      authorsKey(window, key, bucket),
    ].map(keyOf);
    const authors = [...actors].filter(([id]) => authorIds.has(id));
    const others = [...actors].filter(([id]) => !authorIds.has(id));
    const numbers = [short, base, SEEN_BUCKETS * bucketMs, KEPT_HALF_LIVES];
    const args = [...numbers, key, authors.length, ...[...authors, ...others].flat()].map(String);
    return client.eval(RECORD, { keys, arguments: args });
  };

  const counters = async (keys: readonly string[]): Promise<Counter[]> => {
    const rows = await Promise.all(keys.map((key) => client.hmGet(keyOf(key), ['value', 'at'])));
    return rows.map(([value, at]) => (value && at ? { value: Number(value), atMs: Number(at) } : NOTHING));
  };

  return {
    async record(groups) {
      for (let from = 0; from < groups.length; from += AT_ONCE) {
        await Promise.all(groups.slice(from, from + AT_ONCE).map(recordOne));
      }
    },
    async active(kind, window, nowMs) {
      const active = keyOf(activeKey(kind, window));
      await client.zRemRangeByScore(active, 0, nowMs - SEEN_BUCKETS * WINDOWS[window].bucket);
      await client.zRemRangeByRank(active, 0, -MAX_ACTIVE - 1);
      const keys = await client.zRange(active, 0, -1);
      const [shorts, bases] = await Promise.all([
        counters(keys.map((key) => shortKey(kind, window, key))),
        counters(keys.map((key) => baseKey(kind, window, kind === 'post' ? key.split(':')[1]! : key))),
      ]);
      return keys.map((key, index) => ({ key, short: shorts[index]!, base: bases[index]! }));
    },
    authorCounts(window, keys, nowMs) {
      const bucket = Math.floor(nowMs / WINDOWS[window].bucket);
      const both = (key: string) => [bucket, bucket - 1].map((one) => keyOf(authorsKey(window, key, one)));
      return Promise.all(keys.map((key) => client.pfCount(both(key))));
    },
  };
}
