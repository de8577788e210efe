import { createConsumer, type EventBus, type EventEnvelope, readEvent, type Worker } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { ENGAGEMENT_EVENTS } from '@tintype/schema/events/engagement';
import type { Log } from '@tintype/telemetry';
import { markScoresStale } from './stale-score.repository.ts';

/** Engagement publishes an event before it updates its counts. The delay also turns many likes into one refresh. */
const REFRESH_DELAY_MS = 3000;

/**
 * Posts whose likes, comments or shares changed in a batch, each with the sequence of its last event.
 *
 * @throws UnprocessableEventError
 */
export function changedPosts(events: readonly EventEnvelope[]): { postId: bigint; version: bigint }[] {
  const changed = new Map<bigint, bigint>();
  for (const event of events) {
    const version = BigInt(event.sequence);
    const read = readEvent(ENGAGEMENT_EVENTS, event);
    switch (read?.type) {
      case 'tintype.engagement.like.recorded.v1':
        for (const { postId, commentId } of read.data.changes) if (commentId === null) changed.set(postId, version);
        break;
      case 'tintype.engagement.comment.created.v1':
      case 'tintype.engagement.comment.edited.v1':
      case 'tintype.engagement.comment.deleted.v1':
      case 'tintype.engagement.share.created.v1':
      case 'tintype.engagement.share.deleted.v1':
        changed.set(read.data.postId, version);
    }
  }
  return [...changed].map(([postId, version]) => ({ postId, version }));
}

/** Marks the scores of posts whose engagement changed as stale. */
export function createEngagementConsumer(deps: {
  bus: EventBus;
  pool: Executor;
  log: Log;
  refreshDelayMs?: number;
}): Worker {
  const { bus, pool, log, refreshDelayMs = REFRESH_DELAY_MS } = deps;
  return createConsumer({
    bus,
    stream: 'engagement',
    durable: 'post__engagement',
    filter: 'tintype.engagement.>',
    batchSize: 500,
    log,
    async handleBatch(events) {
      const changed = changedPosts(events);
      if (changed.length > 0) await markScoresStale(pool, changed, refreshDelayMs);
    },
  });
}
