import { type UserError, userError } from '@tintype/graphql';
import type { UserErrorCode } from '#generated/graphql.ts';

/** What can be wrong with the input of a mutation, and how it is said. */
const MESSAGES: Record<UserErrorCode, string> = {
  USER_NOT_FOUND: 'There is no such account.',
  SELF_NOT_ALLOWED: 'This cannot be done to oneself.',
  USER_BLOCKED: 'You block this account. Unblock it first.',
  FOLLOW_LIMIT_REACHED: 'You follow 7,500 accounts, as many as one may.',
  FOLLOW_REQUEST_NOT_FOUND: 'This account has not asked to follow you.',
};

/** All of them concern the account that the input names. */
export function inputError(code: UserErrorCode): UserError<UserErrorCode> {
  return userError(code, MESSAGES[code], 'input', 'userId');
}
