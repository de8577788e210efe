import type { EventEnvelope } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import type { EligibleRecipients } from '#ingest/eligible-recipients.ts';
import type { CommentProjection, Mention } from '#projection/comment.rules.ts';
import { addDeletedTargets } from '#projection/deleted-target.repository.ts';
import type { ApplyService } from '#reconcile/apply.service.ts';
import { readBatch } from './engagement.rules.ts';

export type EngagementService = {
  /** Applies a batch of engagement's events. Can run twice, and in any order. */
  apply(events: readonly EventEnvelope[], signal: AbortSignal): Promise<void>;
};

export function createEngagementService(deps: {
  pool: Executor;
  applyService: ApplyService;
  eligibleRecipients: EligibleRecipients;
}): EngagementService {
  const { pool, applyService, eligibleRecipients } = deps;

  /** Removes mentions of people who may not see the post. One request for all posts of each author. */
  const removeIneligible = async (
    comments: readonly CommentProjection[],
    mentions: readonly Mention[],
  ): Promise<Mention[]> => {
    const authors = new Map(comments.map(({ id, postAuthorId }) => [id, postAuthorId]));
    const authorOf = ({ commentId }: Mention) => authors.get(commentId)!;
    const toCheck = Map.groupBy(
      mentions.filter((mention) => mention.mentioned && mention.userId !== authorOf(mention)),
      authorOf,
    );
    const eligible = new Map(
      await Promise.all(
        [...toCheck].map(async ([authorId, ofAuthor]) => {
          const userIds = [...new Set(ofAuthor.map(({ userId }) => userId))];
          return [authorId, new Set(await eligibleRecipients(authorId, userIds))] as const;
        }),
      ),
    );
    return mentions.map((mention) => {
      const authorId = authorOf(mention);
      const isEligible = mention.userId === authorId || eligible.get(authorId)?.has(mention.userId) === true;
      return { ...mention, mentioned: mention.mentioned && isEligible };
    });
  };

  return {
    async apply(events, signal) {
      const { changes, comments, mentions, deletedCommentIds } = readBatch(events);
      // First, so that nobody is notified of a comment that is already deleted.
      if (deletedCommentIds.length > 0) await addDeletedTargets(pool, deletedCommentIds);
      await applyService.applyComments(comments, await removeIneligible(comments, mentions), signal);
      await applyService.applyChanges(changes, signal);
      await applyService.withdrawDeleted(deletedCommentIds, signal);
    },
  };
}
