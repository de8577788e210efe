import { createConsumer, type EventBus, type EventEnvelope, readEvent, type Worker } from '@tintype/events';
import { ENGAGEMENT_EVENTS } from '@tintype/schema/events/engagement';
import type { Log } from '@tintype/telemetry';
import type { FanOutService, PostChange } from './fan-out.service.ts';

/**
 * A share is a feed entry of the sharer with its own id and time. Null for other events.
 *
 * @throws UnprocessableEventError
 */
export function toShareChange(event: EventEnvelope): PostChange | null {
  const read = readEvent(ENGAGEMENT_EVENTS, event);
  if (read?.type !== 'tintype.engagement.share.created.v1' && read?.type !== 'tintype.engagement.share.deleted.v1')
    return null;
  const { userId, shareId, postId, createdMs } = read.data;
  return {
    authorId: userId,
    postId: shareId,
    sharedPostId: postId,
    publishedMs: createdMs,
    deleted: read.type === 'tintype.engagement.share.deleted.v1',
    hashtags: [],
    version: BigInt(event.sequence),
    occurredAt: new Date(event.time),
  };
}

/** Adds shares to the timelines of the sharers' followers in the same way as posts. */
export function createShareWorker(deps: { bus: EventBus; fanOut: FanOutService; log: Log }): Worker {
  const { bus, fanOut, log } = deps;
  return createConsumer({
    bus,
    stream: 'engagement',
    durable: 'feed__shares',
    filter: 'tintype.engagement.share.>',
    concurrency: 4,
    log,
    async handle(event, { signal }) {
      const change = toShareChange(event);
      if (change) await fanOut.deliver(change, signal);
    },
  });
}
