import { createConsumer, type EventBus, idOf, textOrNull, type Worker } from '@tintype/events';
import type { Log } from '@tintype/telemetry';
import type { AvatarService } from './avatar.service.ts';

/** Takes over profile pictures when their rendition is there. Can run twice: the upload's id tells whether it is still wanted. */
export function createAvatarConsumer(deps: { bus: EventBus; avatars: AvatarService; log: Log }): Worker {
  const { bus, avatars, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'user__avatar',
    filter: 'tintype.post.avatar.processed.v1',
    log,
    async handle({ data }) {
      const [userId, uploadId] = [idOf(data, 'userId'), idOf(data, 'uploadId')];
      const [objectKey, placeholder] = [textOrNull(data, 'objectKey'), textOrNull(data, 'placeholder')];
      await avatars.apply({ userId, uploadId, objectKey, placeholder });
    },
  });
}
