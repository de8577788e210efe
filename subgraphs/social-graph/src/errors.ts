import { type UserError, userError } from '@tintype/graphql';
import type { UserErrorCode } from '#generated/graphql.ts';

/** What can be wrong with the input of a mutation, and how it is said. */
const MESSAGES: Record<UserErrorCode, string> = {
  USER_NOT_FOUND: 'there is no such account',
  SELF_NOT_ALLOWED: 'this cannot be done to oneself',
  USER_BLOCKED: 'you block this account: unblock it first',
  FOLLOW_LIMIT_REACHED: 'you follow as many accounts as one may',
  FOLLOW_REQUEST_NOT_FOUND: 'this account has not asked to follow you',
};

/** All of them concern the account that the input names. */
export function inputError(code: UserErrorCode): UserError<UserErrorCode> {
  return userError(code, MESSAGES[code], 'input', 'userId');
}
