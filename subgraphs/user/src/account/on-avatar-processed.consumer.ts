import { createConsumer, type EventBus, readData, type Worker } from '@tintype/events';
import { POST_EVENTS } from '@tintype/schema/events/post';
import type { Log } from '@tintype/telemetry';
import type { AvatarService } from './avatar.service.ts';

/**
 * Stores profile pictures when their rendition is ready. Can run twice: the upload id shows whether it is still wanted.
 */
export function createAvatarConsumer(deps: { bus: EventBus; avatars: AvatarService; log: Log }): Worker {
  const { bus, avatars, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'user__avatar',
    filter: 'tintype.post.avatar.processed.v1',
    log,
    handle: (event) => avatars.apply(readData(POST_EVENTS, 'tintype.post.avatar.processed.v1', event)),
  });
}
