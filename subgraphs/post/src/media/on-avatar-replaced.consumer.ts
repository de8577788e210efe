import { createConsumer, type EventBus, readData, UnprocessableEventError, type Worker } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { USER_EVENTS } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import { findUpload } from '#upload/upload.repository.ts';
import { type MediaStorage, ownerOfRendition } from './media.storage.ts';

/** Removes profile pictures that nobody shows any more, originals too. Can run twice: what is gone is gone. */
export function createAvatarCleanup(deps: { bus: EventBus; pool: Executor; storage: MediaStorage; log: Log }): Worker {
  const { bus, pool, storage, log } = deps;
  return createConsumer({
    bus,
    stream: 'user',
    durable: 'post__avatar-cleanup',
    filter: 'tintype.user.avatar.replaced.v1',
    log,
    async handle(event) {
      const { userId, objectKey } = readData(USER_EVENTS, 'tintype.user.avatar.replaced.v1', event);
      const id = ownerOfRendition(objectKey);
      const upload = id === null ? null : await findUpload(pool, userId, id);
      if (!upload) throw new UnprocessableEventError(`"${objectKey}" is no picture of this account`);
      await storage.removeMedia({ id: id!, objectKey: upload.objectKey, renditions: null });
    },
  });
}
