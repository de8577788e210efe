import { createConsumer, type EventBus, readData, type Worker } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { POST_EVENTS } from '@tintype/schema/events/post';
import type { Log } from '@tintype/telemetry';
import type { ShareService } from '#share/share.service.ts';
import { deletePage, markPostDeleted, TABLES_OF_POST } from './deleted-post.repository.ts';

const PAGE = 2000;

/**
 * Deletes all engagement with deleted posts. Shares come first, because they are in feeds and have events. The post is
 * recorded as deleted before that, so that a late or repeated event does not bring anything back.
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
      await markPostDeleted(pool, postId);
      await shares.removeOfPost(postId, signal);
      for (const table of TABLES_OF_POST) {
        for (let deleted = PAGE; deleted === PAGE; ) {
          signal.throwIfAborted();
          deleted = await deletePage(pool, table, postId, PAGE);
        }
      }
    },
  });
}
