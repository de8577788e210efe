export { wire as wireSearch } from './wire.ts';
