import { type UserError, userError } from '@tintype/graphql';
import type { UserErrorCode } from '#generated/graphql.ts';

/** What can be wrong with the input of a mutation, and how it is said. */
const MESSAGES: Record<UserErrorCode, string> = {
  HASHTAG_INVALID:
    'A hashtag has 1 to 100 letters, digits, underscores and emoji, of any script, and not only digits and underscores.',
  HASHTAG_LIMIT_REACHED: 'You follow 100 hashtags, as many as one may.',
};

/** All of them concern the hashtag that the input names. */
export function inputError(code: UserErrorCode): UserError<UserErrorCode> {
  return userError(code, MESSAGES[code], 'input', 'name');
}
