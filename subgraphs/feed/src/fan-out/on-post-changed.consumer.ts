import { createConsumer, type EventBus, type EventEnvelope, readEvent, type Worker } from '@tintype/events';
import { POST_EVENTS } from '@tintype/schema/events/post';
import { histogram, type Log } from '@tintype/telemetry';
import { renewKeys } from '@tintype/text';
import type { FanOutService, PostChange } from './fan-out.service.ts';

const seconds = histogram('feed_fan_out_seconds', 'Time from a post event to the last timeline', ['kind']);

/**
 * The change that an event makes. Null if the post was never visible or the event does not concern feeds.
 *
 * @throws UnprocessableEventError
 */
export function toChange(event: EventEnvelope): PostChange | null {
  const read = readEvent(POST_EVENTS, event);
  const times = { version: BigInt(event.sequence), occurredAt: new Date(event.time) };
  if (read?.type === 'tintype.post.post.published.v1') {
    const { authorId, postId, publishedMs, hashtags } = read.data;
    return { authorId, postId, publishedMs, deleted: false, hashtags: renewKeys(hashtags), ...times };
  }
  if (read?.type !== 'tintype.post.post.deleted.v1' || read.data.publishedMs === null) return null;
  const { authorId, postId, publishedMs } = read.data;
  return { authorId, postId, publishedMs, deleted: true, hashtags: [], ...times };
}

/** Adds posts to timelines. Different posts are delivered concurrently, events of the same post in order. */
export function createFanOutWorker(deps: { bus: EventBus; fanOut: FanOutService; log: Log }): Worker {
  const { bus, fanOut, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'feed__fan-out',
    filter: 'tintype.post.post.>',
    concurrency: 4,
    log,
    async handle(event, { signal }) {
      const change = toChange(event);
      if (!change) return;
      await fanOut.deliver(change, signal);
      const kind = change.deleted ? 'deleted' : 'published';
      seconds.observe({ kind }, (Date.now() - change.occurredAt.getTime()) / 1000);
    },
  });
}
