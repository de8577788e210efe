import { requireViewer } from '@tintype/graphql';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { inputError } from '../errors.ts';
import type { PreferenceService } from './preference.service.ts';

type PreferenceResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'notificationPreferences'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'updateNotificationPreferences'>;
};

export function createPreferenceResolvers(deps: { preferences: PreferenceService }): PreferenceResolvers {
  const { preferences } = deps;
  return {
    Query: {
      notificationPreferences: (_, _args, context) => preferences.all(requireViewer(context).userId),
    },
    Mutation: {
      async updateNotificationPreferences(_, { input }, context) {
        const { userId } = requireViewer(context);
        const wrong = await preferences.update(userId, input.preferences);
        const errors = wrong ? [inputError(wrong, 'preferences')] : [];
        return { preferences: await preferences.all(userId), errors };
      },
    },
  };
}
