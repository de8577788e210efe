import { createConsumer, type EventBus, type EventEnvelope, readEvent, type Worker } from '@tintype/events';
import { POST_EVENTS } from '@tintype/schema/events/post';
import type { Log } from '@tintype/telemetry';
import { renewKeys } from '@tintype/text';
import type { PostChange } from './projection.model.ts';
import type { ProjectionService } from './projection.service.ts';

/**
 * Projects published posts with their captions, and deleted posts. Posts for close friends are left out, so nothing can
 * find or count them.
 */
export function createPostConsumer(deps: { bus: EventBus; projection: ProjectionService; log: Log }): Worker {
  const { bus, projection, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'search__post',
    filter: 'tintype.post.post.>',
    batchSize: 500,
    log,
    handleBatch: (events) => projection.posts(events.flatMap(changesOf)),
  });
}

function changesOf(event: EventEnvelope): PostChange[] {
  const read = readEvent(POST_EVENTS, event);
  const version = BigInt(event.sequence);
  switch (read?.type) {
    case 'tintype.post.post.published.v1': {
      const { postId, authorId, audience, caption, publishedMs } = read.data;
      if (audience !== 'EVERYONE') return [];
      const hashtags = renewKeys(read.data.hashtags);
      return [{ postId, authorId, caption, hashtags, publishedMs, deleted: false, version }];
    }
    case 'tintype.post.post.deleted.v1': {
      const { postId, authorId } = read.data;
      return [{ postId, authorId, caption: '', hashtags: [], publishedMs: 0n, deleted: true, version }];
    }
    default:
      return [];
  }
}
