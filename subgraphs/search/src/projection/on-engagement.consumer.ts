import { createConsumer, type EventBus, type EventEnvelope, readEvent, type Worker } from '@tintype/events';
import { ENGAGEMENT_EVENTS } from '@tintype/schema/events/engagement';
import type { Log } from '@tintype/telemetry';
import type { ProjectionService } from './projection.service.ts';

/** Schedules a refresh of the counts of posts whose engagement changed. The engagement subgraph has the counts. */
export function createEngagementConsumer(deps: { bus: EventBus; projection: ProjectionService; log: Log }): Worker {
  const { bus, projection, log } = deps;
  return createConsumer({
    bus,
    stream: 'engagement',
    durable: 'search__engagement',
    filter: 'tintype.engagement.>',
    batchSize: 500,
    log,
    handleBatch: (events) => projection.engagement([...new Set(events.flatMap(postsOf))]),
  });
}

function postsOf(event: EventEnvelope): bigint[] {
  const read = readEvent(ENGAGEMENT_EVENTS, event);
  switch (read?.type) {
    case 'tintype.engagement.like.recorded.v1':
      return read.data.changes.filter(({ commentId }) => commentId === null).map(({ postId }) => postId);
    case 'tintype.engagement.comment.created.v1':
    case 'tintype.engagement.comment.edited.v1':
    case 'tintype.engagement.comment.deleted.v1':
    case 'tintype.engagement.share.created.v1':
    case 'tintype.engagement.share.deleted.v1':
      return [read.data.postId];
    default:
      return [];
  }
}
