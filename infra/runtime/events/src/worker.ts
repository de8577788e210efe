/** Something that runs beside requests: a relay, a consumer or a job. `@tintype/service` starts and drains it. */
export type Worker = {
  /** Shown in logs, and listed in its owner's `subgraph.ts`. */
  name: string;
  /** Resolves when it is running. Its dependencies may become unavailable afterwards. */
  start(): Promise<void>;
  /** Accepts nothing new, finishes what is running, then resolves. */
  stop(): Promise<void>;
};
