import type { EventEnvelope } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import type { CommentFacts, Mention } from '#comment/comment.rules.ts';
import type { Hearers } from '#relation/hearers.ts';
import type { ApplyService } from '#settle/apply.service.ts';
import { addGone } from '#target/gone.repository.ts';
import { readBatch } from './engagement.rules.ts';

export type EngagementService = {
  /** Takes over what a batch of engagement's log says. Can run twice, and in any order. */
  take(events: readonly EventEnvelope[], signal: AbortSignal): Promise<void>;
};

export function createEngagementService(deps: {
  pool: Executor;
  applying: ApplyService;
  hearers: Hearers;
}): EngagementService {
  const { pool, applying, hearers } = deps;

  /** Whoever may not see the post is not mentioned under it. One question for the posts of each author. */
  const heard = async (comments: readonly CommentFacts[], mentions: readonly Mention[]): Promise<Mention[]> => {
    const authors = new Map(comments.map(({ id, postAuthorId }) => [id, postAuthorId]));
    const authorOf = ({ commentId }: Mention) => authors.get(commentId)!;
    const asked = Map.groupBy(
      mentions.filter((mention) => mention.mentioned && mention.userId !== authorOf(mention)),
      authorOf,
    );
    const allowed = new Map(
      await Promise.all(
        [...asked].map(async ([authorId, of]) => {
          const userIds = [...new Set(of.map(({ userId }) => userId))];
          return [authorId, new Set(await hearers(authorId, userIds))] as const;
        }),
      ),
    );
    return mentions.map((mention) => {
      const authorId = authorOf(mention);
      const hears = mention.userId === authorId || allowed.get(authorId)?.has(mention.userId) === true;
      return { ...mention, mentioned: mention.mentioned && hears };
    });
  };

  return {
    async take(events, signal) {
      const { words, comments, mentions, goneCommentIds } = readBatch(events);
      // First, so that nobody is told of what is deleted already.
      if (goneCommentIds.length > 0) await addGone(pool, goneCommentIds);
      await applying.comments(comments, await heard(comments, mentions), signal);
      await applying.words(words, signal);
      await applying.reviewGone(goneCommentIds, signal);
    },
  };
}
