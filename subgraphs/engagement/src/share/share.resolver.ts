import { requireGlobalId, requireViewer } from '@tintype/graphql';
import { globalId, parseGlobalId } from '@tintype/ids';
import { checkShareText } from '#comment/comment.rules.ts';
import type { PolicyFor } from '#comment/text-policy.ts';
import { findPublishedPost } from '#entities/entities.visibility.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { PostStats } from '#stats/stats.model.ts';
import { inputError } from '../errors.ts';
import type { ShareService } from './share.service.ts';
import { findVisibleShare } from './share.visibility.ts';

type ShareResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'visibleShares'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'sharePost' | 'deleteShare'>;
  Share: CompleteResolvers['Share'];
};

export function createShareResolvers(deps: {
  shares: ShareService;
  policyFor: PolicyFor;
  /** Counts of a post that include a share. */
  countsIncluding(share: { postId: bigint; shareId: bigint }): Promise<PostStats>;
}): ShareResolvers {
  const { shares, policyFor, countsIncluding } = deps;
  return {
    Query: {
      async visibleShares(_, { ids }, context) {
        const shown = await Promise.all(ids.map((id) => findVisibleShare(id, context)));
        const found = shown.filter((share) => share !== null);
        const relations = await Promise.all(found.map(({ userId }) => context.loaders.relations.load(userId)));
        return found.map(({ id }, index) => ({ id, sharerMuted: relations[index]?.mutes ?? false }));
      },
    },
    Mutation: {
      async sharePost(_, { input }, context) {
        const { userId } = requireViewer(context);
        const text = checkShareText(input.text ?? '', await policyFor(context));
        if (typeof text !== 'string') return { share: null, errors: text.errors };
        const post = await findPublishedPost(input.postId, context);
        if (!post) return { share: null, errors: [inputError('POST_NOT_FOUND', 'postId')] };
        const outcome = await shares.share(userId, post, text);
        if ('error' in outcome) return { share: null, errors: [inputError(outcome.error, 'postId')] };
        const counts = await countsIncluding({ postId: post.id, shareId: outcome.share.id });
        context.loaders.stats.prime(post.id, counts);
        return { share: outcome.share, errors: [] };
      },
      async deleteShare(_, { input }, context) {
        const { userId } = requireViewer(context);
        const id = parseGlobalId('Share', input.shareId);
        if (id !== null && (await shares.remove(userId, id))) {
          return { deletedShareId: globalId('Share', id), errors: [] };
        }
        return { deletedShareId: null, errors: [inputError('SHARE_NOT_FOUND', 'shareId')] };
      },
    },
    Share: {
      __resolveReference: (reference, context) => findVisibleShare(requireGlobalId('Share', reference.id), context),
      id: ({ id }) => globalId('Share', id),
      post: ({ postId }, _, { loaders }) => loaders.visiblePosts.load(postId),
      sharer: ({ userId }) => ({ id: userId }),
    },
  };
}
