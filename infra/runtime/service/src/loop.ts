import type { Log } from '@tintype/telemetry';
import type { Worker } from './worker.ts';

/** A worker that can be told that there is something to do. */
export type Loop = Worker & { wake(): void };

/**
 * Does its work again and again: soon after it was woken, and every so often, for what others left. Work that fails is tried again at the
 * next time.
 */
export function createLoop(options: {
  name: string;
  everyMs: number;
  work(signal: AbortSignal): Promise<unknown>;
  log: Log;
}): Loop {
  const { name, everyMs, work, log } = options;
  let stopping = new AbortController();
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let woken = false;
  let rouse = () => {};

  const pause = () =>
    new Promise<void>((resolve) => {
      rouse = resolve;
      timer = setTimeout(resolve, everyMs);
      if (woken || stopping.signal.aborted) resolve();
    }).finally(() => clearTimeout(timer));

  const run = async () => {
    while (!stopping.signal.aborted) {
      woken = false;
      try {
        await work(stopping.signal);
      } catch (error) {
        log.error({ error, worker: name }, 'failed; tried again');
        await new Promise((resolve) => setTimeout(resolve, Math.min(everyMs, 1000)));
      }
      await pause();
    }
  };

  return {
    name,
    async start() {
      if (running) return;
      stopping = new AbortController();
      running = run();
    },
    async stop() {
      stopping.abort();
      rouse();
      await running;
      running = undefined;
    },
    wake() {
      woken = true;
      rouse();
    },
  };
}
