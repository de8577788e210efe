import { type UserError, userError } from '@tintype/graphql';
import { NEW_ACCOUNT_LIMITS } from '@tintype/policy';
import { MAX_CLOSE_FRIENDS, MAX_FOLLOWING } from './limits.ts';

/** The messages of input errors. */
const MESSAGES = {
  USER_NOT_FOUND: 'This account does not exist.',
  SELF_NOT_ALLOWED: 'You cannot do this with your own account.',
  USER_BLOCKED: 'You have blocked this account. Unblock it first.',
  FOLLOW_LIMIT_REACHED: `You can follow up to ${MAX_FOLLOWING.toLocaleString('en')} accounts. Unfollow some accounts first.`,
  TOO_MANY_FOLLOWS: `In its first days, an account can follow up to ${NEW_ACCOUNT_LIMITS.follows} accounts within 24 hours. Try again later.`,
  CLOSE_FRIEND_LIMIT_REACHED: `You can have up to ${MAX_CLOSE_FRIENDS.toLocaleString('en')} close friends. Remove some first.`,
  FOLLOW_REQUEST_NOT_FOUND: 'This account has not requested to follow you.',
} as const;

export type ErrorCode = keyof typeof MESSAGES;

/** All of them concern the account that the input names. */
export function inputError<Code extends keyof typeof MESSAGES>(code: Code): UserError<Code> {
  return userError(code, MESSAGES[code], 'input', 'userId');
}
