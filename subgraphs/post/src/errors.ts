import { type UserError, userError } from '@tintype/graphql';
import type { CreatePostErrorCode, CreateUploadErrorCode, DeletePostErrorCode } from '#generated/graphql.ts';
import { MAX_ALT_TEXT, MAX_BYTES, MAX_CAPTION, MAX_HASHTAGS, MAX_MEDIA, MAX_MENTIONS } from './limits.ts';

/** Default messages. A message with a number that depends on configuration is written where the number is known. */
const MESSAGES = {
  TEXT_TOO_LONG: `A caption may have up to ${MAX_CAPTION.toLocaleString('en')} characters, and an alternative text up to ${MAX_ALT_TEXT.toLocaleString('en')}.`,
  TEXT_INVALID:
    'Remove control characters, unclosed or forced text directions, and letters with more than 4 unusual marks. The text must contain a visible character.',
  FILE_COUNT_INVALID: `Choose 1 to ${MAX_MEDIA} files.`,
  CONTENT_TYPE_UNSUPPORTED: 'Choose a JPEG, PNG, WebP or HEIC photo.',
  FILE_SIZE_INVALID: `Choose a file of 1 byte to ${MAX_BYTES / 1024 / 1024} MiB.`,
  UPLOAD_QUOTA_EXCEEDED: 'You have reached your upload limit. Try again later.',
  UPLOAD_NOT_FOUND: 'This upload does not exist or its file has not arrived. Upload the file again.',
  UPLOAD_USED: 'This upload was already used. Upload the file again.',
  POST_NOT_FOUND: 'You do not have a post with this ID.',
  TOO_MANY_MENTIONS: `A caption may mention up to ${MAX_MENTIONS} people. Remove some mentions.`,
  TOO_MANY_HASHTAGS: `A caption may have up to ${MAX_HASHTAGS} hashtags. Remove some hashtags.`,
} satisfies Record<CreatePostErrorCode | CreateUploadErrorCode | DeletePostErrorCode, string>;

/** @param path of the value within the input */
export function inputError<Code extends keyof typeof MESSAGES>(
  code: Code,
  path: readonly (string | number)[],
  message: string = MESSAGES[code],
): UserError<Code> {
  return userError(code, message, 'input', ...path);
}
