import { type UserError, userError } from '@tintype/graphql';
import { NEW_ACCOUNT_LIMITS } from '@tintype/policy';
import { BANNED_WORD_MESSAGE, HARMFUL_TEXT_MESSAGE, TEXT_LIMITS } from '@tintype/text';
import type {
  CreatePostErrorCode,
  CreateUploadErrorCode,
  DeletePostErrorCode,
  PinPostErrorCode,
} from '#generated/graphql.ts';
import { MAX_BYTES, MAX_MEDIA, MAX_PINNED } from './limits.ts';

/** Codes whose message says a limit that is known only where it is checked. */
type LimitCode = 'TEXT_TOO_LONG' | 'UPLOAD_QUOTA_EXCEEDED';

/** The messages of other input errors. */
const MESSAGES = {
  TEXT_INVALID: HARMFUL_TEXT_MESSAGE,
  TEXT_NOT_ALLOWED: BANNED_WORD_MESSAGE,
  FILE_COUNT_INVALID: `Choose 1 to ${MAX_MEDIA} files.`,
  CONTENT_TYPE_UNSUPPORTED: 'Choose a JPEG, PNG, WebP or HEIC photo.',
  FILE_SIZE_INVALID: `Choose a file of 1 byte to ${MAX_BYTES / 1024 / 1024} MiB.`,
  UPLOAD_NOT_FOUND: 'This upload does not exist or its file has not arrived. Upload the file again.',
  UPLOAD_USED: 'This upload was already used. Upload the file again.',
  POST_NOT_FOUND: 'You do not have a post with this ID.',
  TOO_MANY_PINS: `You can pin up to ${MAX_PINNED} posts. Unpin one first.`,
  TOO_MANY_MENTIONS: `A caption may mention up to ${TEXT_LIMITS.mentions} people. Remove some mentions.`,
  TOO_MANY_LINKS: `In its first days, an account can have up to ${NEW_ACCOUNT_LIMITS.links} link in a caption.`,
  TOO_MANY_HASHTAGS: `A caption may have up to ${TEXT_LIMITS.hashtags} hashtags. Remove some hashtags.`,
} satisfies Record<
  Exclude<CreatePostErrorCode | CreateUploadErrorCode | DeletePostErrorCode | PinPostErrorCode, LimitCode>,
  string
>;

/** @param path of the value within the input */
export function inputError<Code extends keyof typeof MESSAGES>(
  code: Code,
  path: readonly (string | number)[],
): UserError<Code> {
  return userError(code, MESSAGES[code], 'input', ...path);
}
