import type { EventEnvelope } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import type { EligibleRecipients } from '#ingest/eligible-recipients.ts';
import type { FindAudiences } from '#ingest/post-audiences.ts';
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
  findAudiences: FindAudiences;
}): EngagementService {
  const { pool, applyService, eligibleRecipients, findAudiences } = deps;

  /** Removes mentions of people who may not see the post. One request for all posts of an author and audience. */
  const removeIneligible = async (
    comments: readonly CommentProjection[],
    mentions: readonly Mention[],
  ): Promise<Mention[]> => {
    const byId = new Map(comments.map((comment) => [comment.id, comment]));
    const commentOf = ({ commentId }: Mention) => byId.get(commentId)!;
    const toCheck = mentions.filter(
      (mention) => mention.mentioned && mention.userId !== commentOf(mention).postAuthorId,
    );
    const audiences = await findAudiences([...new Set(toCheck.map((mention) => commentOf(mention).postId))]);
    /** By author and audience of the post. A post that no longer exists has neither. */
    const groupOf = (mention: Mention) => {
      const { postAuthorId, postId } = commentOf(mention);
      return `${postAuthorId} ${audiences.get(postId)}`;
    };
    const eligible = new Map(
      await Promise.all(
        [...Map.groupBy(toCheck, groupOf)].map(async ([group, [first, ...others]]) => {
          const { postAuthorId, postId } = commentOf(first!);
          const audience = audiences.get(postId);
          const userIds = [...new Set([first!, ...others].map(({ userId }) => userId))];
          const found = audience ? await eligibleRecipients(postAuthorId, audience, userIds) : [];
          return [group, new Set(found)] as const;
        }),
      ),
    );
    return mentions.map((mention) => {
      const isEligible =
        mention.userId === commentOf(mention).postAuthorId ||
        eligible.get(groupOf(mention))?.has(mention.userId) === true;
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
