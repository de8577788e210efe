export { untyped } from './query.ts';
