import { createConsumer, type EventBus, readData, type Worker } from '@tintype/events';
import { POST_EVENTS } from '@tintype/schema/events/post';
import type { Log } from '@tintype/telemetry';
import type { RemoveIfErased } from '#erasure/erasure.service.ts';
import type { PublishPostService } from './publish-post.service.ts';

/** One photo keeps the cores busy. A second one uses the time that the first one spends on reads and writes. */
const CONCURRENCY = 2;

/** Enough for twenty photos that each take nearly as long as allowed. */
const HANDLER_TIMEOUT_MS = 15 * 60_000;

/**
 * The media worker: processes the photos of new posts and publishes the posts. A failure that is not the fault of a
 * file is retried. After the last attempt the event is a dead letter, and the job for overdue posts publishes or fails
 * the post.
 */
export function createPostCreatedConsumer(deps: {
  bus: EventBus;
  posts: PublishPostService;
  removeIfErased: RemoveIfErased;
  log: Log;
}): Worker {
  const { bus, posts, removeIfErased, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'post__media',
    filter: 'tintype.post.post.created.v1',
    batchSize: 4,
    concurrency: CONCURRENCY,
    log,
    handlerTimeoutMs: HANDLER_TIMEOUT_MS,
    async handle(event, { signal }) {
      const { authorId, postId } = readData(POST_EVENTS, 'tintype.post.post.created.v1', event);
      if (await removeIfErased(authorId, postId)) return;
      await posts.publish(authorId, postId, signal);
    },
  });
}
