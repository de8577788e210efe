import type { Worker } from '@tintype/events';
import type { Log } from '@tintype/telemetry';
import type { ScoreService } from './score.service.ts';

const EVERY_MS = 1000;
/** Engagement is away, or Postgres: nobody waits for a score. */
const AFTER_FAULT_MS = 15_000;

/** Looks every second for posts whose scores are due; several processes may do so at once. */
export function createScoreJob(deps: { scores: ScoreService; log: Log }): Worker {
  const { scores, log } = deps;
  let isStopping = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const once = async () => {
    let pause = EVERY_MS;
    try {
      while (!isStopping && (await scores.settle()) > 0);
    } catch (error) {
      pause = AFTER_FAULT_MS;
      log.warn({ error: (error as Error).message }, 'scores of posts could not be settled; tried again later');
    }
    if (!isStopping) schedule(pause);
  };
  const schedule = (pause: number) => {
    timer = setTimeout(() => {
      running = once();
    }, pause);
  };

  return {
    name: 'post__scores',
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
