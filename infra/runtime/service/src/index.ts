export type { Worker } from '@tintype/events';
export { baseSettings, databaseSettings, natsSettings, type PlatformConfig, readConfig } from './config.ts';
export { readEnvironment } from './environment.ts';
export { createExpiryJob } from './expiry.job.ts';
export { type Closeable, closeAll, onEndAsked, runUntilSignal } from './lifecycle.ts';
export { createLoop, type Loop } from './loop.ts';
export { runSubgraph, runWorkers } from './process.ts';
export {
  checkReady,
  loadWire,
  type OpenResources,
  openResources,
  type Resources,
  type Wire,
  type Wired,
} from './resources.ts';
export { seal, unseal } from './sealing.ts';
export { ConfigError, defineSettings, loadSettings, type Settings } from './settings.ts';
export { appSettings, mailSettings, mediaSettings, publicSettings, s3Settings } from './shared.settings.ts';
export {
  address,
  addresses,
  baseAddress,
  count,
  flag,
  isCount,
  list,
  MAX_PORT,
  mailAddress,
  matching,
  nodeEnvironment,
  oneOf,
  origins,
  text,
} from './variables.ts';
export { startWorkers } from './worker.ts';
