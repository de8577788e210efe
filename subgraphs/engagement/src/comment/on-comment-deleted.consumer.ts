import { createConsumer, type EventBus, idOf, idOrNull, type Worker } from '@tintype/events';
import type { Log } from '@tintype/telemetry';
import type { CommentService } from './comment.service.ts';

/** Deletes the replies of deleted comments, however many there are. */
export function createReplyCleanup(deps: { bus: EventBus; comments: CommentService; log: Log }): Worker {
  const { bus, comments, log } = deps;
  return createConsumer({
    bus,
    stream: 'engagement',
    durable: 'engagement__replies',
    filter: 'tintype.engagement.comment.deleted.v1',
    concurrency: 2,
    log,
    async handle(event, { signal }) {
      const isReply = idOrNull(event.data, 'parentId') !== null;
      if (!isReply) await comments.removeReplies(idOf(event.data, 'commentId'), signal);
    },
  });
}
