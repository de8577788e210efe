import { requireViewer } from '@tintype/graphql';
import { LANGUAGES } from '@tintype/language';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { SettingsService } from './settings.service.ts';

type SettingsResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'accountSettings' | 'supportedLanguages'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'updateAccountSettings'>;
};

export function createSettingsResolvers({ settings }: { settings: SettingsService }): SettingsResolvers {
  return {
    Query: {
      accountSettings: (_, __, context) => settings.find(requireViewer(context).userId),
      supportedLanguages: () => LANGUAGES,
    },
    Mutation: {
      async updateAccountSettings(_, { input }, context) {
        const outcome = await settings.update(requireViewer(context).userId, input);
        return 'error' in outcome ? { accountSettings: null, errors: [outcome.error] } : { ...outcome, errors: [] };
      },
    },
  };
}
