import type { Worker } from '@tintype/events';
import type { Log } from '@tintype/telemetry';
import type { HashtagFollowService } from './hashtag-follow.service.ts';

const EVERY_MS = 2000;
/** Redis is away, or Postgres. */
const AFTER_FAULT_MS = 10_000;

/** Brings timelines in line with followed hashtags where the process that wrote them died or Redis was away. */
export function createSettleFollowsJob(deps: { follows: HashtagFollowService; log: Log }): Worker {
  const { follows, log } = deps;
  let isStopping = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const once = async () => {
    let pause = EVERY_MS;
    try {
      while (!isStopping && (await follows.settleOld()) > 0);
    } catch (error) {
      pause = AFTER_FAULT_MS;
      log.warn({ error: (error as Error).message }, 'followed hashtags could not be settled; tried again later');
    }
    if (!isStopping) schedule(pause);
  };
  const schedule = (pause: number) => {
    timer = setTimeout(() => {
      running = once();
    }, pause);
  };

  return {
    name: 'feed__hashtag-follows',
    async start() {
      isStopping = false;
      schedule(EVERY_MS);
    },
    async stop() {
      isStopping = true;
      clearTimeout(timer);
      await running;
    },
  };
}
