import { createConsumer, type EventBus, type Worker } from '@tintype/events';
import type { PostEvents } from '@tintype/schema/events/post';
import type { Log } from '@tintype/telemetry';
import type { AvatarService } from './avatar.service.ts';

type Processed = PostEvents['tintype.post.avatar.processed.v1'];

/** Takes over profile pictures when their rendition is there. Can run twice: the upload's id tells whether it is still wanted. */
export function createAvatarConsumer(deps: { bus: EventBus; avatars: AvatarService; log: Log }): Worker {
  const { bus, avatars, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'user__avatar',
    filter: 'tintype.post.avatar.processed.v1',
    log,
    async handle(event) {
      const { userId, uploadId, objectKey, placeholder } = event.data as Processed;
      await avatars.apply({ userId: BigInt(userId), uploadId: BigInt(uploadId), objectKey, placeholder });
    },
  });
}
