import { type UserError, userError } from '@tintype/graphql';
import type { UserErrorCode } from '#generated/graphql.ts';

/** The messages of input errors. */
const MESSAGES: Record<UserErrorCode, string> = {
  USER_NOT_FOUND: 'This account does not exist.',
  SELF_NOT_ALLOWED: 'You cannot do this with your own account.',
  USER_BLOCKED: 'You have blocked this account. Unblock it first.',
  FOLLOW_LIMIT_REACHED: 'You can follow up to 7,500 accounts. Unfollow some accounts first.',
  FOLLOW_REQUEST_NOT_FOUND: 'This account has not requested to follow you.',
};

/** All of them concern the account that the input names. */
export function inputError(code: UserErrorCode): UserError<UserErrorCode> {
  return userError(code, MESSAGES[code], 'input', 'userId');
}
