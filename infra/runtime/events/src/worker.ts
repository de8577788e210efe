/** What @tintype/service starts and drains: the same shape, told here because that package builds on this one. */
export type Worker = {
  name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
};
