export { getBinary } from './binaries.ts';
export { CHROMIUM_FLAGS, ensureChromium } from './chromium.ts';
export type { ServiceName } from './driver.ts';
export { freeze } from './freeze.ts';
export { lockDataDirectory } from './lock.ts';
export { checkoutDataDirectory, removeServiceFiles, servicePathsOf } from './paths.ts';
export { freePort, isFree, rememberPorts } from './ports.ts';
export { endOrphanedProcesses } from './process-record.ts';
export { MissingServicesError, type Report, type ServiceHandle, type Services, startServices } from './services.ts';
