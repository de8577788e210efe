import { requireViewer } from '@tintype/graphql';
import type { BannedWords, TextPolicy } from '@tintype/graphql/internal';
import type { Context } from '../context.ts';

/** What a text of the viewer must not contain. @throws RequestError UNAUTHENTICATED for visitors */
export type PolicyFor = (context: Context) => Promise<TextPolicy>;

export function createPolicyFor(deps: { bannedWords: BannedWords; isNew(userId: bigint): boolean }): PolicyFor {
  const { bannedWords, isNew } = deps;
  return async (context) => ({
    hasBannedWord: await bannedWords.current(),
    isNewAccount: isNew(requireViewer(context).userId),
  });
}
