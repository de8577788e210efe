import { requireViewer } from '@tintype/graphql';
import { parseHashtagName } from '@tintype/text';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { inputError } from '../errors.ts';
import type { HashtagFollowService } from './hashtag-follow.service.ts';

export function createHashtagResolvers(deps: { follows: HashtagFollowService }): {
  Query: Pick<CompleteResolvers['Query'], 'followedHashtags'>;
  Mutation: CompleteResolvers['Mutation'];
  Hashtag: CompleteResolvers['Hashtag'];
} {
  const { follows } = deps;
  return {
    Query: {
      followedHashtags: (_, args, context) => follows.page(requireViewer(context).userId, args),
    },
    Mutation: {
      async followHashtag(_, { input }, context) {
        const { userId } = requireViewer(context);
        const key = parseHashtagName(input.name);
        if (key === null) return { hashtag: null, errors: [inputError('HASHTAG_INVALID')] };
        const isFollowed = await follows.follow(userId, key);
        return isFollowed
          ? { hashtag: { key }, errors: [] }
          : { hashtag: null, errors: [inputError('HASHTAG_LIMIT_REACHED')] };
      },
      async unfollowHashtag(_, { input }, context) {
        const { userId } = requireViewer(context);
        const key = parseHashtagName(input.name);
        if (key === null) return { hashtag: null, errors: [inputError('HASHTAG_INVALID')] };
        await follows.unfollow(userId, key);
        return { hashtag: { key }, errors: [] };
      },
    },
    Hashtag: {
      __resolveReference: (reference) => ({ key: reference.key }),
      viewerFollows: async ({ key }, _, { loaders }) => (await loaders.followedHashtags.load(key)) ?? false,
    },
  };
}
