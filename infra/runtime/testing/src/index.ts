export { createEnvironment, type Environment, sharedAddresses } from './environment.ts';
export { eraseAll, eraseInterrupted } from './erasing.ts';
export { eventually } from './eventually.ts';
export { explain, explainWithIndexes, fill, ONE_RANGE_SCAN, ONE_RANGE_SCAN_EACH, settle } from './explain.ts';
export { createFreezable, type Freezable } from './freezable.ts';
export { removeKeys } from './remove-keys.ts';
export { referenceTo, startSubgraphs, type TestSubgraphs } from './subgraphs.ts';
export { startTcpProxyTo, type TcpProxy, through } from './tcp-proxy.ts';
