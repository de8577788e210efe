export { createTimelineStore } from '#timeline/timeline.store.ts';
export { wire as wireFeed } from './wire.ts';
