export { ConfigError, type PlatformConfig, readConfig } from './config.ts';
export { readEnvironment } from './environment.ts';
export { createExpiryJob } from './expiry.job.ts';
export { type Closeable, closeAll, onEndAsked, runUntilSignal } from './lifecycle.ts';
export { createLoop, type Loop } from './loop.ts';
export { runSubgraph, runWorkers } from './process.ts';
export {
  checkReady,
  type OpenResources,
  openResources,
  type Resources,
  type Wire,
  type Wired,
} from './resources.ts';
export { seal, unseal } from './sealing.ts';
export { startWorkers, type Worker } from './worker.ts';
