import type { Worker } from '@tintype/events';
import type { Log } from '@tintype/telemetry';

/** A worker that can be woken when there is something to do. */
export type Loop = Worker & { wake(): void };

/**
 * Repeats its work: soon after it was woken, and at intervals, for work that others left. Failed work is repeated after
 * a pause that only a stop can shorten.
 *
 * @param options.afterFaultMs the pause after a failure. By default the interval, but at least a second
 */
export function createLoop(options: {
  name: string;
  everyMs: number;
  afterFaultMs?: number;
  work(signal: AbortSignal): Promise<unknown>;
  log: Log;
}): Loop {
  const { name, everyMs, afterFaultMs = Math.max(everyMs, 1000), work, log } = options;
  let stopping = new AbortController();
  let running: Promise<void> | undefined;
  let woken = false;
  let rouse = () => {};

  const pause = (ms: number, isWaking: boolean) =>
    new Promise<void>((resolve) => {
      const { signal } = stopping;
      const timer = setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done);
      rouse = isWaking ? done : () => {};
      if (signal.aborted || (isWaking && woken)) done();
    });

  const run = async () => {
    while (!stopping.signal.aborted) {
      woken = false;
      try {
        await work(stopping.signal);
        await pause(everyMs, true);
      } catch (error) {
        log.error({ error, worker: name }, 'A worker failed. It will be retried.');
        await pause(afterFaultMs, false);
      }
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
      await running;
      running = undefined;
    },
    wake() {
      woken = true;
      rouse();
    },
  };
}
