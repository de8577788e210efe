import { createConsumer, type EventBus, readData, type Worker } from '@tintype/events';
import { ENGAGEMENT_EVENTS } from '@tintype/schema/events/engagement';
import type { Log } from '@tintype/telemetry';
import type { CommentService } from '#comment/comment.service.ts';

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
      const { commentId, parentId } = readData(ENGAGEMENT_EVENTS, 'tintype.engagement.comment.deleted.v1', event);
      if (parentId === null) await comments.removeReplies(commentId, signal);
    },
  });
}
