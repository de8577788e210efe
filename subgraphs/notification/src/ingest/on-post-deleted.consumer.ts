import { createConsumer, type EventBus, readData, type Worker } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { POST_EVENTS } from '@tintype/schema/events/post';
import type { Log } from '@tintype/telemetry';
import { addDeletedTargets } from '#projection/deleted-target.repository.ts';
import type { ApplyService } from '#reconcile/apply.service.ts';

/** Withdraws notifications about deleted posts. */
export function createPostDeletedConsumer(deps: {
  bus: EventBus;
  pool: Executor;
  applyService: ApplyService;
  log: Log;
}): Worker {
  const { bus, pool, applyService, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'notification__post-deleted',
    filter: 'tintype.post.post.deleted.v1',
    concurrency: 2,
    log,
    async handle(event, { signal }) {
      const { postId } = readData(POST_EVENTS, 'tintype.post.post.deleted.v1', event);
      await addDeletedTargets(pool, [postId]);
      await applyService.withdrawDeleted([postId], signal);
    },
  });
}
