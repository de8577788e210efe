import { createConsumer, type EventBus, type Worker } from '@tintype/events';
import type { Log } from '@tintype/telemetry';
import type { SocialGraphService } from './social-graph.service.ts';

/** Keeps the projection of relationships, and notifies people of follows and follow requests. */
export function createSocialGraphConsumer(deps: { bus: EventBus; socialGraph: SocialGraphService; log: Log }): Worker {
  const { bus, socialGraph, log } = deps;
  return createConsumer({
    bus,
    stream: 'social-graph',
    durable: 'notification__social-graph',
    filter: 'tintype.social-graph.>',
    batchSize: 8000,
    log,
    handleBatch: (events, { signal }) => socialGraph.apply(events, signal),
  });
}
