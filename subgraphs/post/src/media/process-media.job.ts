import { createConsumer, type EventBus, readData, type Worker } from '@tintype/events';
import { POST_EVENTS } from '@tintype/schema/events/post';
import type { Log } from '@tintype/telemetry';
import type { RemoveLate } from '#erasure/erasure.service.ts';
import type { ProcessMediaService } from './process-media.service.ts';

/** One photo keeps the cores busy; a second one covers the first one's reads and writes. */
const SIDE_BY_SIDE = 2;

/** Twenty photos that each take nearly as long as they may. */
const HANDLER_TIMEOUT_MS = 15 * 60_000;

/**
 * The media worker. A fault that is not the file's is tried again; after the last try the event is a dead letter, and the job for overdue posts
 * decides what becomes of the post.
 */
export function createMediaWorker(deps: {
  bus: EventBus;
  media: ProcessMediaService;
  removeLate: RemoveLate;
  log: Log;
}): Worker {
  const { bus, media, removeLate, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'post__media',
    filter: 'tintype.post.post.created.v1',
    batchSize: 4,
    concurrency: SIDE_BY_SIDE,
    log,
    handlerTimeoutMs: HANDLER_TIMEOUT_MS,
    async handle(event, { signal }) {
      const { authorId, postId } = readData(POST_EVENTS, 'tintype.post.post.created.v1', event);
      if (await removeLate(authorId, postId)) return;
      await media.processPost(authorId, postId, signal);
    },
  });
}
