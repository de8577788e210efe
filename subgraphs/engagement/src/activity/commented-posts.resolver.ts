import { parseGlobalId } from '@tintype/ids';
import { can } from '@tintype/policy';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { CommentedService } from './commented-posts.service.ts';

/** An id that nobody has. */
const VISITOR = 0n;

export function createCommentedResolvers(deps: {
  commented: CommentedService;
}): Pick<CompleteResolvers['Query'], 'commentedPosts'> {
  const { commented } = deps;
  return {
    async commentedPosts(_, { authorId: author, commenterId: other, ...args }, { viewer, loaders }) {
      const [authorId, commenterId] = [parseGlobalId('User', author), parseGlobalId('User', other)];
      if (authorId === null || commenterId === null) return commented.none({ authorId, commenterId }, args);
      const commenter = await loaders.relations.load(commenterId);
      const isShown = commenter !== null && !commenter.blocks && can('profile.view', commenter);
      if (!isShown) return commented.none({ authorId, commenterId }, args);
      return commented.page({ authorId, commenterId, viewerId: viewer?.userId ?? VISITOR }, args, loaders.visiblePosts);
    },
  };
}
