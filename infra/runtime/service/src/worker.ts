/** Something that runs beside requests: a relay, a consumer, a job. */
export type Worker = {
  /** Shown in logs, and listed in the `subgraph.ts` of its owner. */
  name: string;
  /** Resolves once it is running; what it needs may come and go afterwards. */
  start(): Promise<void>;
  /** Takes nothing new, finishes what it has, resolves. */
  stop(): Promise<void>;
};

/** Starts workers side by side; `close` drains them side by side. */
export async function startWorkers(workers: readonly Worker[]): Promise<{ close(): Promise<void> }> {
  await Promise.all(workers.map((worker) => worker.start()));
  return {
    async close() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}
