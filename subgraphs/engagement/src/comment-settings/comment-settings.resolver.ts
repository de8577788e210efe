import { requireViewer } from '@tintype/graphql';
import { parseGlobalId } from '@tintype/ids';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { inputError } from '../errors.ts';
import { checkFilter } from './comment-filter.rules.ts';
import type { SettingService } from './comment-settings.service.ts';

type SettingResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'commentFilter'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'updatePostCommentSettings' | 'updateCommentFilter'>;
};

export function createSettingResolvers(deps: { settings: SettingService }): SettingResolvers {
  const { settings } = deps;
  return {
    Query: {
      commentFilter: async (_, __, context) => ({ words: await settings.words(requireViewer(context).userId) }),
    },
    Mutation: {
      async updatePostCommentSettings(_, { input }, context) {
        const { userId } = requireViewer(context);
        const id = parseGlobalId('Post', input.postId);
        const post = id === null ? null : await context.loaders.visiblePosts.load(id);
        if (post?.authorId !== userId) return { post: null, errors: [inputError('POST_NOT_FOUND', 'postId')] };
        await settings.setCommentsEnabled(post, input.commentsEnabled);
        return { post, errors: [] };
      },
      async updateCommentFilter(_, { input }, context) {
        const { userId } = requireViewer(context);
        const words = checkFilter(input.words);
        if ('errors' in words) return { filter: null, errors: words.errors };
        await settings.setWords(userId, words);
        return { filter: { words }, errors: [] };
      },
    },
  };
}
