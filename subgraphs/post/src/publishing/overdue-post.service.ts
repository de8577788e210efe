import { isOutage, type Log } from '@tintype/telemetry';
import type pg from 'pg';
import type { RemoveIfErased } from '#erasure/erasure.service.ts';
import { PROCESSING_FAILED } from '#photo/photo-refused.error.ts';
import { claimOverduePost, type OverduePost, releaseOverduePost } from './overdue-post.repository.ts';
import type { PublishPostService } from './publish-post.service.ts';

export type OverduePostService = {
  /**
   * Publishes or fails posts that have been PROCESSING for too long, until none is left or a dependency is unavailable.
   */
  resolveAll(signal: AbortSignal): Promise<void>;
};

/** Longer than the media worker may take for a post. The worker gave up on an older post, or its event was lost. */
const OVERDUE_MS = 20 * 60_000;
/** Also the pause after a failed attempt, and the wait after a process dies. */
const LEASE_MS = 20 * 60_000;
const OUTAGE_PAUSE_MS = 30_000;
const MAX_ATTEMPTS = 3;

/**
 * Decides by the state of the object store: a post whose photos are there is processed and published, and a post whose
 * photos are missing or refused becomes FAILED. Other failures are retried until the third attempt, and then the post
 * becomes FAILED too. While the object store or a database is unavailable, nothing is decided and no attempt counts.
 */
export function createOverduePostService(deps: {
  pool: pg.Pool;
  posts: PublishPostService;
  removeIfErased: RemoveIfErased;
  log: Log;
  overdueMs?: number;
  leaseMs?: number;
}): OverduePostService {
  const { pool, posts, removeIfErased, log, overdueMs = OVERDUE_MS, leaseMs = LEASE_MS } = deps;

  const resolve = async (post: OverduePost, signal: AbortSignal): Promise<void> => {
    const { authorId, id, attempts } = post;
    if (await removeIfErased(authorId, id)) return;
    // Attempts are counted before they start, so a photo that crashes the process uses them up, too.
    if (attempts > MAX_ATTEMPTS) return posts.fail(authorId, id, PROCESSING_FAILED);
    await posts.publish(authorId, id, signal);
  };

  return {
    async resolveAll(signal) {
      while (!signal.aborted) {
        const post = await claimOverduePost(pool, overdueMs, leaseMs);
        if (!post) return;
        try {
          await resolve(post, signal);
          log.warn({ postId: post.id }, 'An overdue post was published, failed or removed.');
        } catch (error) {
          if (signal.aborted || isOutage(error)) return releaseOverduePost(pool, post, OUTAGE_PAUSE_MS);
          log.error({ error, postId: post.id, attempts: post.attempts }, 'An overdue post could not be processed.');
        }
      }
    },
  };
}
