import { createConsumer, type EventBus, readData, type Worker } from '@tintype/events';
import { USER_EVENTS } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import type { MediaStorage } from '#media/media.storage.ts';

/** Removes the files of profile pictures that no account uses any more, originals included. Can run twice. */
export function createAvatarReplacedConsumer(deps: { bus: EventBus; storage: MediaStorage; log: Log }): Worker {
  const { bus, storage, log } = deps;
  return createConsumer({
    bus,
    stream: 'user',
    durable: 'post__avatar-cleanup',
    filter: 'tintype.user.avatar.replaced.v1',
    log,
    async handle(event) {
      const { userId, uploadId } = readData(USER_EVENTS, 'tintype.user.avatar.replaced.v1', event);
      await storage.removePhoto({ id: uploadId, upload: { ownerId: userId, id: uploadId }, renditions: null });
    },
  });
}
