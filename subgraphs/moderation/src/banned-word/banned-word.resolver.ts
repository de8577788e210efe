import type { CompleteResolvers } from '#generated/graphql.ts';
import { requireStaff } from '#staff/staff.ts';
import { inputError } from '../errors.ts';
import type { BannedWordService } from './banned-word.service.ts';

type BannedWordResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'bannedWords' | 'bannedWordList'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'addBannedWord' | 'removeBannedWord'>;
};

export function createBannedWordResolvers({ words }: { words: BannedWordService }): BannedWordResolvers {
  return {
    Query: {
      async bannedWords(_, args, context) {
        await requireStaff(context);
        return words.page(args);
      },
      bannedWordList: (_, { version }) => words.listSince(version),
    },
    Mutation: {
      async addBannedWord(_, { input }, context) {
        const outcome = await words.add(await requireStaff(context), input.word);
        return 'error' in outcome
          ? { bannedWord: null, errors: [inputError(outcome.error, 'word')] }
          : { bannedWord: outcome.bannedWord, errors: [] };
      },
      async removeBannedWord(_, { input }, context) {
        const outcome = await words.remove(await requireStaff(context), input.word);
        return 'error' in outcome
          ? { removedWord: null, errors: [inputError(outcome.error, 'word')] }
          : { removedWord: outcome.word, errors: [] };
      },
    },
  };
}
