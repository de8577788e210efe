export { createEnvironment, type Environment } from './environment.ts';
export { eventually } from './eventually.ts';
