import { createConsumer, type EventBus, type Worker } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import type { PostEvents } from '@tintype/schema/events/post';
import type { Log } from '@tintype/telemetry';
import { findMedia } from './media.repository.ts';
import type { MediaStorage } from './media.storage.ts';

type Deleted = PostEvents['tintype.post.post.deleted.v1'];

/** Removes the files of deleted posts. Can run twice: what is gone is gone. */
export function createCleanupConsumer(deps: {
  bus: EventBus;
  pool: Executor;
  storage: MediaStorage;
  log: Log;
}): Worker {
  const { bus, pool, storage, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'post__cleanup',
    filter: 'tintype.post.post.deleted.v1',
    log,
    async handle(event) {
      const { postId } = event.data as Deleted;
      for (const media of await findMedia(pool, [BigInt(postId)])) await storage.removeMedia(media);
    },
  });
}
