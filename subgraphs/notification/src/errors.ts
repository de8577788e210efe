import { type UserError, userError } from '@tintype/graphql';
import type { UserErrorCode } from '#generated/graphql.ts';

/** What can be wrong with an input, and how it is said. */
const MESSAGES: Record<UserErrorCode, string> = {
  NOTIFICATION_NOT_FOUND: 'you have no such notification',
  CHANGE_ID_INVALID: 'this is no id of a change: use changeId of a notification',
  KIND_REPEATED: 'choose each kind once',
};

export type InputError = UserError<UserErrorCode>;

export function inputError(code: UserErrorCode, field: string): InputError {
  return userError(code, MESSAGES[code], 'input', field);
}
