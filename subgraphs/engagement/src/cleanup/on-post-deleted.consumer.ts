import { createConsumer, type EventBus, readData, type Worker } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { POST_EVENTS } from '@tintype/schema/events/post';
import type { Log } from '@tintype/telemetry';
import type { ShareService } from '#share/share.service.ts';
import { CLEANED, deletePage } from './cleanup.repository.ts';
import { noteGone } from './gone.repository.ts';

const PAGE = 2000;

/**
 * Takes away what is about deleted posts: shares first, because feeds hold them and are told. Nobody can see the rest any more. The post is
 * noted as gone before, so that an event of it that comes late, or again, brings nothing back.
 */
export function createPostCleanup(deps: { bus: EventBus; pool: Executor; shares: ShareService; log: Log }): Worker {
  const { bus, pool, shares, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'engagement__post-deleted',
    filter: 'tintype.post.post.deleted.v1',
    concurrency: 2,
    log,
    async handle(event, { signal }) {
      const { postId } = readData(POST_EVENTS, 'tintype.post.post.deleted.v1', event);
      await noteGone(pool, postId);
      await shares.removeOfPost(postId, signal);
      for (const table of CLEANED) {
        for (let deleted = PAGE; deleted === PAGE; ) {
          signal.throwIfAborted();
          deleted = await deletePage(pool, table, postId, PAGE);
        }
      }
    },
  });
}
