import type { RedisHandle } from '@tintype/redis';
import { createLoop, type Worker } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { ComputeService } from './compute.service.ts';
import type { ReplayService } from './replay.service.ts';
import { TURN_KEY, WHOLE_KEY } from './trend.keys.ts';

const EVERY_MS = 5_000;
/** Of the processes that could, one computes; where it ends in between, another does after this long. */
const TURN_MS = 4_500;

/** Makes the lists of what trends, and counts anew where Redis was emptied. */
export function createTrendsJob(deps: {
  redis: RedisHandle;
  computing: ComputeService;
  replaying: ReplayService;
  log: Log;
  everyMs?: number;
}): Worker {
  const { redis, computing, replaying, log, everyMs = EVERY_MS } = deps;
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
      await computing.computeAll(Date.now());
    },
  });
}
