export { createEnvironment, type Environment } from './environment.ts';
export { eventually } from './eventually.ts';
export { startSubgraphs, type TestSubgraphs } from './subgraphs.ts';
