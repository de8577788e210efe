import type { RedisHandle } from '@tintype/redis';
import { expect, test } from 'vitest';
import { createHitCache } from './hit.cache.ts';

/** A fake Redis that can be unavailable. */
function createStore() {
  const kept = new Map<string, string>();
  const store = {
    away: false,
    async get(key: string) {
      if (store.away) throw new Error('away');
      return kept.get(key) ?? null;
    },
    async set(key: string, value: string) {
      if (store.away) throw new Error('away');
      kept.set(key, value);
    },
  };
  const handle = { client: store, key: (name: string) => name, close: async () => undefined } as unknown as RedisHandle;
  return { store, kept, handle };
}

const question = { text: 'sea', viewerFilter: { hiddenIds: ['1'] } };

test('keeps what is asked again', async () => {
  const { handle, kept } = createStore();
  const cache = createHitCache(handle);
  let finds = 0;
  const find = async () => [++finds];
  expect(await cache.get(question, find)).toEqual([1]);
  expect(kept.size).toBe(0);
  expect(await cache.get(question, find)).toEqual([2]);
  expect(await cache.get(question, find)).toEqual([2]);
  expect(kept.size).toBe(1);
});

test('finds once for equal questions at once and afterwards, and for each other question', async () => {
  const { handle, kept } = createStore();
  const cache = createHitCache(handle);
  let finds = 0;
  const find = async () => [++finds];
  expect(await Promise.all([cache.get(question, find), cache.get({ ...question }, find)])).toEqual([[1], [1]]);
  expect(await createHitCache(handle).get(question, find)).toEqual([1]);
  const other = { ...question, viewerFilter: { hiddenIds: ['2'] } };
  expect(await cache.get(other, find)).toEqual([2]);
  expect(kept.size).toBe(1);
});

test('does without Redis, and keeps no failure', async () => {
  const { handle, store } = createStore();
  const cache = createHitCache(handle);
  store.away = true;
  expect(await cache.get(question, async () => ['found'])).toEqual(['found']);
  store.away = false;
  await expect(cache.get(question, () => Promise.reject(new Error('no index')))).rejects.toThrow('no index');
  expect(await cache.get(question, async () => ['found again'])).toEqual(['found again']);
});
