export { createEnvironment, type Environment } from './environment.ts';
export { eventually } from './eventually.ts';
export { explain, fill, ONE_RANGE_SCAN } from './explain.ts';
export { startSubgraphs, type TestSubgraphs } from './subgraphs.ts';
