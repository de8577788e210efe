import { createConsumer, type EventBus, readData, type Worker } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { POST_EVENTS } from '@tintype/schema/events/post';
import type { Log } from '@tintype/telemetry';
import type { ApplyService } from '#settle/apply.service.ts';
import { addGone } from '#target/gone.repository.ts';

/** Withdraws what is about deleted posts. */
export function createPostDeletedConsumer(deps: {
  bus: EventBus;
  pool: Executor;
  applying: ApplyService;
  log: Log;
}): Worker {
  const { bus, pool, applying, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'notification__post-deleted',
    filter: 'tintype.post.post.deleted.v1',
    concurrency: 2,
    log,
    async handle(event, { signal }) {
      const { postId } = readData(POST_EVENTS, 'tintype.post.post.deleted.v1', event);
      await addGone(pool, [postId]);
      await applying.reviewGone([postId], signal);
    },
  });
}
