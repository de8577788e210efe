/** Something that runs beside requests: a relay, a consumer or a job. */
export type Worker = {
  /** Shown in logs, and listed in its owner's `subgraph.ts`. */
  name: string;
  /** Resolves when it is running. Its dependencies may become unavailable afterwards. */
  start(): Promise<void>;
  /** Accepts nothing new, finishes what is running, then resolves. */
  stop(): Promise<void>;
};

/** Starts workers concurrently. `close` drains them concurrently. */
export async function startWorkers(workers: readonly Worker[]): Promise<{ close(): Promise<void> }> {
  await Promise.all(workers.map((worker) => worker.start()));
  return {
    async close() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}
