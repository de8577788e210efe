import { type UserError, userError } from '@tintype/graphql';
import type { UserErrorCode } from '#generated/graphql.ts';

/** What can be wrong with an input, and how it is said; a text that needs a number is said where the number is. */
const MESSAGES: Record<UserErrorCode, string> = {
  TEXT_TOO_LONG: 'A caption may have up to 2,200 characters, and an alternative text 1,000.',
  TEXT_INVALID:
    'A text shows something and has no control characters but tabs and line breaks, no direction that is forced or left open, and up to 4 marks on a letter that its script does not have.',
  FILE_COUNT_INVALID: 'Send 1 to 20 files.',
  CONTENT_TYPE_UNSUPPORTED: 'Files may be image/jpeg, image/png, image/webp or image/heic.',
  FILE_SIZE_INVALID: 'A file has 1 byte to 50 MiB.',
  UPLOAD_QUOTA_EXCEEDED: 'This account has asked for as many uploads as it may.',
  UPLOAD_NOT_FOUND: 'You have no such upload, or its bytes have not arrived.',
  UPLOAD_USED: 'This upload is part of a post already.',
  POST_NOT_FOUND: 'You have no such post.',
  TOO_MANY_MENTIONS: 'A caption may mention up to 20 people.',
  TOO_MANY_HASHTAGS: 'A caption may have up to 30 hashtags.',
};

export type InputError = UserError<UserErrorCode>;

/** @param path of the value within the input */
export function inputError(
  code: UserErrorCode,
  path: readonly (string | number)[],
  message = MESSAGES[code],
): InputError {
  return userError(code, message, 'input', ...path);
}
