import { createRedisCaller, type RedisHandle } from '@tintype/redis';
import { counter } from '@tintype/telemetry';
import { LRUCache } from 'lru-cache';
import { HITS_TTL_S, hitsKey, NOTHING_TTL_S } from './hit.keys.ts';

export type HitCache = {
  /**
   * Results of the same search from the last 30 s (5 s if it found nothing), or else those of `find`. Each process runs
   * one `find` per search at a time. Results are stored only for searches that repeat: most typed prefixes are typed by
   * one person only, and each result takes some kilobytes.
   */
  get<Hit>(question: object, find: () => Promise<Hit[]>): Promise<Hit[]>;
};

/** Shorter than a search takes. If Redis does not respond, each search runs. */
const REDIS_MS = 50;

/** How many searches are remembered until they repeat. */
const REMEMBERED = 10_000;

const asked = counter('search_cache_total', 'Lookups in the cache of searches', ['outcome']);

export function createHitCache({ client, key: keyOf }: RedisHandle): HitCache {
  const callRedis = createRedisCaller(REDIS_MS);
  const flights = new Map<string, Promise<unknown>>();
  const askedBefore = new LRUCache<string, boolean>({ max: REMEMBERED, ttl: HITS_TTL_S * 1000 });

  async function read<Hit>(key: string): Promise<Hit[] | null> {
    const text = await callRedis(() => client.get(key)).catch(() => null);
    return text === null ? null : (JSON.parse(text) as Hit[]);
  }

  async function answer<Hit>(key: string, find: () => Promise<Hit[]>): Promise<Hit[]> {
    const kept = await read<Hit>(key);
    asked.inc({ outcome: kept === null ? 'miss' : 'hit' });
    if (kept !== null) return kept;
    const hits = await find();
    if (!askedBefore.get(key)) return hits;
    const value = hits.length > 0 ? HITS_TTL_S : NOTHING_TTL_S;
    client.set(key, JSON.stringify(hits), { expiration: { type: 'EX', value } }).catch(() => undefined);
    return hits;
  }

  return {
    get<Hit>(question: object, find: () => Promise<Hit[]>): Promise<Hit[]> {
      const key = keyOf(hitsKey(question));
      askedBefore.set(key, askedBefore.has(key));
      const flight = flights.get(key) as Promise<Hit[]> | undefined;
      if (flight) return flight;
      const asking = answer(key, find).finally(() => flights.delete(key));
      flights.set(key, asking);
      return asking;
    },
  };
}
