import { RequestError, requireGlobalId } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import { compareTop } from '#comment/comment.rules.ts';
import { findVisibleComment } from '#comment/comment.visibility.ts';
import { pageOfComments } from '#comment/comment-list.service.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { pageOfLikers } from '#like/liker-list.service.ts';
import { NO_STATS, type PostStats } from '#stats/stats.model.ts';
import type { Context } from '../context.ts';
import type { PostModel } from './entities.model.ts';
import { findVisiblePeople } from './entities.visibility.ts';

const MAX_LIKERS = 20;
const TOP = 3;

async function statsOf({ id }: PostModel, { loaders }: Context): Promise<PostStats> {
  return (await loaders.stats.load(id)) ?? NO_STATS;
}

async function likeCountOf(post: PostModel, context: Context): Promise<number> {
  const [own, stats] = await Promise.all([context.loaders.viewerLikes.load(post.id), statsOf(post, context)]);
  return own?.likeCount ?? stats.likeCount;
}

export function createPostResolvers(): CompleteResolvers['Post'] {
  return {
    __resolveReference: (reference, { loaders }) => loaders.visiblePosts.load(requireGlobalId('Post', reference.id)),
    id: ({ id }) => globalId('Post', id),
    likeCount: (post, _, context) => likeCountOf(post, context),
    commentCount: async ({ id }, _, { loaders }) => (await loaders.commentCounts.load(id)) ?? 0,
    shareCount: async (post, _, context) => (await statsOf(post, context)).shareCount,
    viewerHasLiked: async ({ id }, _, { loaders }) => (await loaders.viewerLikes.load(id))?.liked ?? false,
    viewerHasSaved: async ({ id }, _, { loaders }) => (await loaders.ownEngagement.load(id))?.isSaved ?? false,
    commentsEnabled: async ({ id }, _, { loaders }) => !(await loaders.commentsDisabled.load(id)),
    async topComments({ id }, _, context) {
      const { topComments, uncounted } = context.loaders;
      const [top, own] = await Promise.all([topComments.load(id), uncounted.load(id)]);
      const ids = new Set([...(top ?? []), ...(own?.topIds ?? [])]);
      const comments = await Promise.all([...ids].map((one) => findVisibleComment(one, context)));
      return comments
        .filter((comment) => comment !== null)
        .sort(compareTop)
        .slice(0, TOP);
    },
    async likedBy({ id }, { first }, context) {
      const wanted = first ?? TOP;
      if (wanted < 1 || wanted > MAX_LIKERS) {
        throw new RequestError('BAD_PAGE_SIZE', `The argument first must be from 1 to ${MAX_LIKERS}.`);
      }
      const likers = (await context.loaders.likers(wanted).load(id)) ?? [];
      return (await findVisiblePeople(likers, context)).slice(0, wanted);
    },
    async likers(post, args, context) {
      const [page, totalCount] = await Promise.all([pageOfLikers(post.id, args, context), likeCountOf(post, context)]);
      return { ...page, totalCount };
    },
    comments: ({ id }, { order, ...args }, context) => pageOfComments(id, order ?? 'TOP', args, context),
  };
}
