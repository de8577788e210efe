/** A worker that @tintype/service starts and drains. Declared here, too, because that package depends on this one. */
export type Worker = {
  name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
};
