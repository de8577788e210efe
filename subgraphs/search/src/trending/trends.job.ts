import type { RedisHandle } from '@tintype/redis';
import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { ReplayService } from './replay.service.ts';
import { TURN_KEY, WHOLE_KEY } from './trend.keys.ts';
import type { TrendListService } from './trend-list.service.ts';

const EVERY_MS = 5_000;
/** One process computes at a time. If it dies, another one takes over after this time. */
const TURN_MS = 4_500;

/** Computes the lists of trends, and counts again if Redis was emptied. */
export function createTrendsJob(deps: {
  redis: RedisHandle;
  trendLists: TrendListService;
  replaying: ReplayService;
  log: Log;
  everyMs?: number;
}): Worker {
  const { redis, trendLists, replaying, log, everyMs = EVERY_MS } = deps;
  const { client, key } = redis;
  return createLoop({
    name: 'search__trends',
    everyMs,
    log,
    async work(signal) {
      const turn = await client.set(key(TURN_KEY), '1', {
        condition: 'NX',
        expiration: { type: 'PX', value: Math.min(TURN_MS, everyMs) },
      });
      if (turn === null) return;
      if ((await client.get(key(WHOLE_KEY))) === null) {
        await replaying.run(signal);
        if (signal.aborted) return;
        await client.set(key(WHOLE_KEY), new Date().toISOString());
      }
      await trendLists.computeAll(Date.now());
    },
  });
}
