import { requireId } from '@tintype/graphql';
import { can } from '@tintype/policy';
import type { Resolvers } from '#generated/graphql.ts';
import type { CommentedService } from './commented.service.ts';

/** Nobody's id. */
const VISITOR = 0n;

export function createCommentedResolvers(deps: {
  commented: CommentedService;
}): Pick<NonNullable<Resolvers['Query']>, 'commentedPosts'> {
  const { commented } = deps;
  return {
    async commentedPosts(_, { authorId, commenterId, ...args }, { viewer, loaders }) {
      const between = {
        authorId: requireId(authorId),
        commenterId: requireId(commenterId),
        viewerId: viewer?.userId ?? VISITOR,
      };
      const commenter = await loaders.relations.load(between.commenterId);
      const isShown = commenter !== null && !commenter.blocks && can('profile.view', commenter);
      return isShown ? commented.page(between, args, loaders.visiblePosts) : commented.none(args);
    },
  };
}
