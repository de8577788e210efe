import { createConsumer, type EventBus, readData, type Worker } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { ENGAGEMENT_EVENTS } from '@tintype/schema/events/engagement';
import { POST_EVENTS } from '@tintype/schema/events/post';
import type { Log } from '@tintype/telemetry';
import { closeUndecided } from './case.repository.ts';

/** Close the undecided cases about posts and comments that no longer exist. */
export function createTargetConsumers(deps: { bus: EventBus; pool: Executor; log: Log }): Worker[] {
  const { bus, pool, log } = deps;
  return [
    createConsumer({
      bus,
      stream: 'post',
      durable: 'moderation__deleted-posts',
      filter: 'tintype.post.post.deleted.v1',
      log,
      async handle(event) {
        await closeUndecided(pool, readData(POST_EVENTS, 'tintype.post.post.deleted.v1', event).postId);
      },
    }),
    createConsumer({
      bus,
      stream: 'engagement',
      durable: 'moderation__deleted-comments',
      filter: 'tintype.engagement.comment.deleted.v1',
      log,
      async handle(event) {
        const { commentId } = readData(ENGAGEMENT_EVENTS, 'tintype.engagement.comment.deleted.v1', event);
        await closeUndecided(pool, commentId);
      },
    }),
  ];
}
