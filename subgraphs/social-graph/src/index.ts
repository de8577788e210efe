export { importFollows } from '#import/import-follows.ts';
export { wire as wireSocialGraph } from './wire.ts';
