import { type UserError, userError } from '@tintype/graphql';
import type { UserErrorCode } from '#generated/graphql.ts';

/** The messages of input errors. */
const MESSAGES: Record<UserErrorCode, string> = {
  HASHTAG_INVALID: 'Use 1 to 100 letters, digits, underscores or emoji, and at least one letter or emoji.',
  HASHTAG_LIMIT_REACHED: 'You can follow up to 100 hashtags. Unfollow one first.',
};

/** All errors apply to the name of the hashtag. */
export function inputError(code: UserErrorCode): UserError<UserErrorCode> {
  return userError(code, MESSAGES[code], 'input', 'name');
}
