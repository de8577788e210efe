export { createAudienceService } from '#audience/audience.service.ts';
export { createPromotionService } from '#audience/promotion.service.ts';
export { createFanOutService } from '#fan-out/fan-out.service.ts';
export { createHomeService } from '#home/home.service.ts';
export { createRebuildService } from '#timeline/rebuild.service.ts';
export { createTimelineStore } from '#timeline/timeline.store.ts';
export { wire as wireFeed } from './wire.ts';
