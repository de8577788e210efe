import { isOutage, type Log } from '@tintype/telemetry';
import type pg from 'pg';
import type { RemoveLate } from '#erasure/erasure.service.ts';
import { claimOverdue, type OverduePost, returnOverdue } from './overdue.repository.ts';
import { GAVE_UP } from './photo-refused.error.ts';
import type { ProcessMediaService } from './process-media.service.ts';

export type OverdueService = {
  /** Decides posts that have been PROCESSING for too long, until none is left or something that they need is away. */
  decide(signal: AbortSignal): Promise<void>;
};

/** Longer than the media worker may take for a post: what is older was given up there, or its event was lost. */
const OVERDUE_MS = 20 * 60_000;
/** Also the pause after a failure, and what a process that was killed has to wait for. */
const LEASE_MS = 20 * 60_000;
const AWAY_MS = 30_000;
const TRIES = 3;

/**
 * Decides by what there is: a post whose photos are there is processed and published, one whose photos are missing or refused FAILED. A fault
 * that is not the files' is tried three times, and then ends as FAILED as well; while the object store or a database is away, nothing is
 * decided and no try counts.
 */
export function createOverdueService(deps: {
  pool: pg.Pool;
  media: ProcessMediaService;
  removeLate: RemoveLate;
  log: Log;
  overdueMs?: number;
  leaseMs?: number;
}): OverdueService {
  const { pool, media, removeLate, log, overdueMs = OVERDUE_MS, leaseMs = LEASE_MS } = deps;

  const decideOne = async (post: OverduePost, signal: AbortSignal): Promise<void> => {
    const { authorId, id, tries } = post;
    if (await removeLate(authorId, id)) return;
    // Counted before each try: a photo that ends the process has used up its tries, too.
    if (tries > TRIES) return media.failPost(authorId, id, GAVE_UP);
    await media.processPost(authorId, id, signal);
  };

  return {
    async decide(signal) {
      while (!signal.aborted) {
        const post = await claimOverdue(pool, overdueMs, leaseMs);
        if (!post) return;
        try {
          await decideOne(post, signal);
          log.warn({ postId: post.id }, 'a post that was processing for too long is decided');
        } catch (error) {
          if (signal.aborted || isOutage(error)) return returnOverdue(pool, post, AWAY_MS);
          log.error({ error, postId: post.id, tries: post.tries }, 'an overdue post could not be processed');
        }
      }
    },
  };
}
