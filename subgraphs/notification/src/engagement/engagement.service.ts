import type { EventEnvelope } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import type { ApplyService } from '#settle/apply.service.ts';
import { addGone } from '#target/gone.repository.ts';
import { readBatch } from './engagement.rules.ts';

export type EngagementService = {
  /** Takes over what a batch of engagement's log says. Can run twice, and in any order. */
  take(events: readonly EventEnvelope[], signal: AbortSignal): Promise<void>;
};

export function createEngagementService(deps: { pool: Executor; applying: ApplyService }): EngagementService {
  const { pool, applying } = deps;
  return {
    async take(events, signal) {
      const { words, comments, mentions, goneCommentIds } = readBatch(events);
      // First, so that nobody is told of what is deleted already.
      if (goneCommentIds.length > 0) await addGone(pool, goneCommentIds);
      await applying.comments(comments, mentions, signal);
      await applying.words(words, signal);
      await applying.reviewGone(goneCommentIds, signal);
    },
  };
}
