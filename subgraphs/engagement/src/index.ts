export { createLikeLog } from '#like/like.log.ts';
export { createPendingStore } from '#like/pending.store.ts';
export { wire as wireEngagement } from './wire.ts';
