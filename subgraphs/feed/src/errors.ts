import { type UserError, userError } from '@tintype/graphql';
import { MAX_HASHTAG } from '@tintype/text';
import { MAX_FOLLOWED } from './limits.ts';

/** The messages of input errors. */
const MESSAGES = {
  HASHTAG_INVALID: `Use 1 to ${MAX_HASHTAG} letters, digits, underscores or emoji, and at least one letter or emoji.`,
  HASHTAG_LIMIT_REACHED: `You can follow up to ${MAX_FOLLOWED} hashtags. Unfollow one first.`,
} as const;

/** All errors apply to the name of the hashtag. */
export function inputError<Code extends keyof typeof MESSAGES>(code: Code): UserError<Code> {
  return userError(code, MESSAGES[code], 'input', 'name');
}
