import { createConsumer, type EventBus, readData, type Worker } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { POST_EVENTS } from '@tintype/schema/events/post';
import type { Log } from '@tintype/telemetry';
import { closeUploads } from '#upload/upload.repository.ts';
import { storedPhotoOf } from './media.model.ts';
import { findMedia } from './media.repository.ts';
import type { MediaStorage } from './media.storage.ts';

/** Removes the files of deleted posts. Can run twice. */
export function createPostDeletedConsumer(deps: {
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
      const { postId, authorId } = readData(POST_EVENTS, 'tintype.post.post.deleted.v1', event);
      const media = await findMedia(pool, [postId]);
      const uploadIds = media.map((one) => one.uploadId);
      await closeUploads(pool, authorId, uploadIds);
      for (const one of media) await storage.removePhoto(storedPhotoOf(one));
    },
  });
}
