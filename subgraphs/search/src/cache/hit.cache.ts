import { inTime, type RedisHandle } from '@tintype/redis';
import { counter } from '@tintype/telemetry';
import { HITS_TTL_S, hitsKey } from './hit.keys.ts';

export type HitCache = {
  /** What was found for the same question within 30 s, or what `find` finds; one `find` at once per question and process. */
  get<Hits>(question: object, find: () => Promise<Hits>): Promise<Hits>;
};

/** Redis is asked for less than a search takes: without it each question is searched. */
const REDIS_MS = 50;

const asked = counter('tintype_search_cache_total', 'Questions to the cache of searches', ['outcome']);

export function createHitCache({ client, key: keyOf }: RedisHandle): HitCache {
  const flights = new Map<string, Promise<unknown>>();

  async function read<Hits>(key: string): Promise<Hits | null> {
    const text = await inTime(client.get(key), REDIS_MS).catch(() => null);
    return text === null ? null : (JSON.parse(text) as Hits);
  }

  async function answer<Hits>(key: string, find: () => Promise<Hits>): Promise<Hits> {
    const kept = await read<Hits>(key);
    asked.inc({ outcome: kept === null ? 'miss' : 'hit' });
    if (kept !== null) return kept;
    const hits = await find();
    client.set(key, JSON.stringify(hits), { expiration: { type: 'EX', value: HITS_TTL_S } }).catch(() => undefined);
    return hits;
  }

  return {
    get<Hits>(question: object, find: () => Promise<Hits>): Promise<Hits> {
      const key = keyOf(hitsKey(question));
      const flight = flights.get(key) as Promise<Hits> | undefined;
      if (flight) return flight;
      const asking = answer(key, find).finally(() => flights.delete(key));
      flights.set(key, asking);
      return asking;
    },
  };
}
