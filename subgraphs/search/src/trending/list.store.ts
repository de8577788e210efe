import type { RedisHandle } from '@tintype/redis';
import { LIST_S, listKey, NEWEST_S, newestKey } from './trend.keys.ts';
import type { Trend, TrendKind, TrendWindow } from './trend.rules.ts';

/** What trends, as it was computed at one time: `id` is that time. */
export type TrendList = { id: bigint; trends: Trend[] };

export type ListStore = {
  put(kind: TrendKind, window: TrendWindow, trends: readonly Trend[], nowMs: number): Promise<void>;
  /** The one with this id, or the newest where that one is gone; empty where there is none. @param id null for the newest */
  find(kind: TrendKind, window: TrendWindow, id: bigint | null): Promise<TrendList>;
};

export function createListStore({ client, key: keyOf }: RedisHandle): ListStore {
  const read = async (kind: TrendKind, window: TrendWindow, id: string): Promise<TrendList | null> => {
    const text = await client.get(keyOf(listKey(kind, window, id)));
    return text === null ? null : { id: BigInt(id), trends: JSON.parse(text) as Trend[] };
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
      const asked = id === null ? null : await read(kind, window, String(id));
      if (asked) return asked;
      const newest = await client.get(keyOf(newestKey(kind, window)));
      return (newest === null ? null : await read(kind, window, newest)) ?? { id: 0n, trends: [] };
    },
  };
}
