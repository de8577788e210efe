import { createRedisCaller, type RedisHandle } from '@tintype/redis';
import type { Log } from '@tintype/telemetry';
import { StoreError } from '@tintype/viewer';
import { LIST_S, listKey, NEWEST_S, newestKey } from './trend.keys.ts';
import type { Trend, TrendKind, TrendWindow } from './trend.rules.ts';

/** A list of trends. Its `id` is the time at which it was computed. */
export type TrendList = { id: bigint; trends: Trend[] };

export type TrendListStore = {
  put(kind: TrendKind, window: TrendWindow, trends: readonly Trend[], nowMs: number): Promise<void>;
  /**
   * The list with this id, or the newest if it no longer exists. Empty if there is none. While Redis is unavailable,
   * the last list that this process has read.
   *
   * @param id null for the newest
   */
  find(kind: TrendKind, window: TrendWindow, id: bigint | null): Promise<TrendList>;
};

const NOTHING: TrendList = { id: 0n, trends: [] };

export function createTrendListStore({ client, key: keyOf }: RedisHandle, log: Log): TrendListStore {
  const callRedis = createRedisCaller();
  const known = new Map<string, TrendList>();
  const read = async (kind: TrendKind, window: TrendWindow, id: string): Promise<TrendList | null> => {
    const text = await callRedis(() => client.get(keyOf(listKey(kind, window, id))));
    return text === null ? null : { id: BigInt(id), trends: JSON.parse(text) as Trend[] };
  };
  const readNewest = async (kind: TrendKind, window: TrendWindow): Promise<TrendList | null> => {
    const newest = await callRedis(() => client.get(keyOf(newestKey(kind, window))));
    return newest === null ? null : read(kind, window, newest);
  };
  return {
    async put(kind, window, trends, nowMs) {
      const list = keyOf(listKey(kind, window, String(nowMs)));
      const lasting = { expiration: { type: 'EX', value: NEWEST_S } } as const;
      const before = await client.get(keyOf(newestKey(kind, window)));
      await client.set(list, JSON.stringify(trends), lasting);
      await client.set(keyOf(newestKey(kind, window)), String(nowMs), lasting);
      if (before !== null && before !== String(nowMs))
        await client.expire(keyOf(listKey(kind, window, before)), LIST_S);
    },
    async find(kind, window, id) {
      try {
        const asked = id === null ? null : await read(kind, window, String(id));
        if (asked) return asked;
        const list = (await readNewest(kind, window)) ?? NOTHING;
        known.set(`${kind} ${window}`, list);
        return list;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        log.warn({ error: error.message }, 'Redis does not respond. The last trends that this process read are used.');
        return known.get(`${kind} ${window}`) ?? NOTHING;
      }
    },
  };
}
