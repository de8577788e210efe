export { listCoEngaged } from '#activity/co-engagement.repository.ts';
export { type RebuildReport, rebuildEngagement } from '#event-log/rebuild.service.ts';
export { createLikeLog } from '#like/like.log.ts';
export { createPendingLikeStore } from '#like/pending-like.store.ts';
export { wire as wireEngagement } from './wire.ts';
