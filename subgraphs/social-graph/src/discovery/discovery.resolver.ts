import { requireViewer } from '@tintype/graphql';
import { globalId, parseGlobalId } from '@tintype/ids';
import { can, missingRelation } from '@tintype/policy';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { inputError } from '../errors.ts';
import type { InfluencerService } from './influence/influencer.service.ts';
import { pageOfMutuals } from './mutual/mutual.service.ts';
import type { SuggestionService } from './suggestion/suggestion.service.ts';

type DiscoveryResolvers = {
  User: Pick<CompleteResolvers['User'], 'mutualFollowers' | 'mutualFollowerCount'>;
  Query: Pick<CompleteResolvers['Query'], 'peopleYouMayKnow' | 'influencers'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'dismissSuggestion'>;
};

export function createDiscoveryResolvers(deps: {
  influencers: InfluencerService;
  suggestions: SuggestionService;
}): DiscoveryResolvers {
  const { influencers, suggestions } = deps;
  return {
    User: {
      async mutualFollowers({ id }, args, { loaders }) {
        const relation = (await loaders.people.load(id))?.relation ?? missingRelation(id);
        return pageOfMutuals(args, relation, loaders);
      },
      async mutualFollowerCount({ id }, _, { loaders }) {
        const relation = (await loaders.people.load(id))?.relation ?? missingRelation(id);
        return can('connections.view', relation) ? ((await loaders.mutuals.load(id)) ?? 0) : 0;
      },
    },
    Query: {
      influencers: (_, { hashtag, ...args }, { loaders }) => influencers.page(hashtag, args, loaders.people),
      async peopleYouMayKnow(_, args, context) {
        return suggestions.page(requireViewer(context).userId, args, context.loaders.people);
      },
    },
    Mutation: {
      async dismissSuggestion(_, { input }, context) {
        const { userId } = requireViewer(context);
        const id = parseGlobalId('User', input.userId);
        if (id === null) return { dismissedUserId: null, errors: [inputError('USER_NOT_FOUND')] };
        const wrong = await suggestions.dismiss(userId, id, context.loaders.people);
        if (wrong) return { dismissedUserId: null, errors: [inputError(wrong.error)] };
        return { dismissedUserId: globalId('User', id), errors: [] };
      },
    },
  };
}
