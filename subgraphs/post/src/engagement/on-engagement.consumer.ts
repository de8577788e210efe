import { createConsumer, type EventBus, type EventEnvelope, readEvent, type Worker } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { ENGAGEMENT_EVENTS } from '@tintype/schema/events/engagement';
import type { Log } from '@tintype/telemetry';
import { addDue } from './due.repository.ts';

/** Engagement tells what was done before it counts it; and of a post that many like, one look a moment is enough. */
const LOOK_AFTER_MS = 3000;

/** Posts whose likes, comments or shares a batch tells of, each with the place of its last event. @throws UnprocessableEventError */
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

/** Notes which posts' counts are to be looked up for the order of top posts. */
export function createEngagementConsumer(deps: {
  bus: EventBus;
  pool: Executor;
  log: Log;
  lookAfterMs?: number;
}): Worker {
  const { bus, pool, log, lookAfterMs = LOOK_AFTER_MS } = deps;
  return createConsumer({
    bus,
    stream: 'engagement',
    durable: 'post__engagement',
    filter: 'tintype.engagement.>',
    batchSize: 500,
    log,
    async handleBatch(events) {
      const changed = changedPosts(events);
      if (changed.length > 0) await addDue(pool, changed, lookAfterMs);
    },
  });
}
