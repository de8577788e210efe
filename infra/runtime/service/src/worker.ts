import type { Worker } from '@tintype/events';

/** Starts workers concurrently. `close` drains them concurrently. */
export async function startWorkers(workers: readonly Worker[]): Promise<{ close(): Promise<void> }> {
  await Promise.all(workers.map((worker) => worker.start()));
  return {
    async close() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}
