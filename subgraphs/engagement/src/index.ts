export { listCoEngaged } from '#co-engagement/co-engagement.repository.ts';
export { createLikeLog } from '#like/like.log.ts';
export { createPendingLikeStore } from '#like/pending-like.store.ts';
export { type RebuildReport, rebuildEngagement } from '#rebuild/rebuild.service.ts';
export { wire as wireEngagement } from './wire.ts';
